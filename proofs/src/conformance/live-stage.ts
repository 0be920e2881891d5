import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createExoscale, importTemplate } from '@exoship/exoscale-api';
import { startSandbox } from '@exoship/sandbox';
import { probe } from '@exoship/smoke';
import { createBundle } from '../../../apps/hello/bundle/create-bundle.ts';
import { chooseAppPort } from '../demo/app-port.ts';
import { demoLatencies } from '../demo/latencies.ts';
import type { Stage } from './scenario.ts';

export interface LiveStage extends Stage, AsyncDisposable {}

/** Faces 2 and 3: HTTP, processes and a TCP balancer on loopback, on the wall's time. */
export async function openLiveStage(seed: number): Promise<LiveStage> {
  const appPort = await chooseAppPort(8080);
  const folder = await mkdtemp(join(tmpdir(), 'exoship-conformance-'));
  const sandbox = await startSandbox({ seed, appPort, latencies: demoLatencies });
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
  });
  return {
    exoscale,
    cloud: sandbox.cloud,
    clock: {
      now: () => new Date(),
      monotonicMs: () => performance.now(),
      sleep: async (ms, { signal } = {}) => await delay(ms, undefined, signal ? { signal } : {}),
    },
    appPort,
    probe: async ({ address }, { signal }) =>
      await probe({ address: address ?? '', port: appPort }, [{ kind: 'http', path: '/healthz' }], {
        signal,
      }),
    register: async (name, release) => {
      const file = join(folder, `${name}.tar.gz`);
      await writeFile(
        file,
        await createBundle({ version: name, release, port: appPort, lameDuckMs: 15_000 }),
      );
      return (await importTemplate(exoscale, { file, name, bucket: 'conformance' })).id;
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
