import { createExoscale } from '@exoship/exoscale-api';
import { createApiHandler, createSimulatedCloud } from '@exoship/sandbox';
import { demoLatencies } from '../demo/latencies.ts';
import { createMemoryFetch } from '../virtual/memory-fetch.ts';
import type { Stage } from './scenario.ts';

/** Face 1: the real client and the real adapter, over the model, in virtual time. */
export interface SimulatedStage extends Stage {
  /** Lives on until the work is done. */
  drive<T>(work: Promise<T>): Promise<T>;
}

const ORIGIN = 'http://127.0.0.1';
const PORT = 8080;

export function openSimulatedStage(seed: number): SimulatedStage {
  const { cloud, time, guests } = createSimulatedCloud({
    seed: String(seed),
    ...(demoLatencies && { latencies: demoLatencies }),
    startAt: new Date(),
    images: {
      fetch: async (url) => ({
        sizeBytes: 1,
        image: {
          bootMs: 300,
          lameDuckMs: 15_000,
          condition: { kind: url.endsWith('good') ? 'healthy' : 'never-healthy' },
        },
      }),
      release() {},
    },
  });
  const handler = createApiHandler(cloud, {
    endpointFor: () => `${ORIGIN}/v2`,
    sosEndpointFor: () => ORIGIN,
  });
  const exoscale = createExoscale({
    zone: cloud.defaultZone,
    endpoint: `${ORIGIN}/v2`,
    credentials: () => ({ key: 'EXOadmin', secret: { reveal: () => 'admin-secret' } }),
    fetch: createMemoryFetch(handler),
    clock: time.clock,
  });
  return {
    exoscale,
    cloud,
    clock: time.clock,
    appPort: PORT,
    probe: async ({ id }) => ({ passed: guests.isHealthy(id), detail: 'simulated' }),
    register: async (name, release) => {
      const request = { name, url: `${ORIGIN}/${release}`, checksum: '0'.repeat(32) };
      return (await exoscale.templates.register(request)).id;
    },
    drive: async (work) => await time.drive(work),
  };
}
