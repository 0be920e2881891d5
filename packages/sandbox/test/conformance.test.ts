import { expect, test } from 'vitest';
import { startSandbox } from '../src/sandbox.ts';
import { createSimulatedCloud } from '../src/virtual/simulated-cloud.ts';
import { appPort } from './support/app-port.ts';
import { keepEntityLog } from './support/entity-log.ts';
import { fastWorld } from './support/fast-world.ts';
import { createLiveClient } from './support/live-client.ts';
import { makeBundle } from './support/make-bundle.ts';
import { lameDuckMs, rollOut } from './support/roll-out.ts';
import { waitFor } from './support/wait-for.ts';

const seed = 4711;

async function rollOutInVirtualTime(): Promise<ReadonlyMap<string, string[]>> {
  const { cloud, time } = createSimulatedCloud({
    ...fastWorld,
    seed: String(seed),
    behaviour: { bootMs: 60, condition: { kind: 'healthy' }, lameDuckMs },
  });
  const log = keepEntityLog(cloud);
  await rollOut({
    cloud,
    until: async (what, isDone) => expect(await time.runUntil(isDone, 60_000), what).toBe(true),
    image: async (version) => ({ url: `http://127.0.0.1/${version}`, checksum: version }),
  });
  return log;
}

async function rollOutForReal(): Promise<ReadonlyMap<string, string[]>> {
  await using sandbox = await startSandbox({ ...fastWorld, appPort, seed });
  const client = createLiveClient(sandbox);
  const log = keepEntityLog(sandbox.cloud);
  await rollOut({
    cloud: sandbox.cloud,
    until: waitFor,
    image: async (version) => client.uploadBundle(version, await makeBundle({ version })),
  });
  return new Map(log);
}

test('a rollout is decided alike in virtual time and with real processes', async () => {
  const virtual = await rollOutInVirtualTime();
  const real = await rollOutForReal();
  expect(virtual.size).toBeGreaterThan(15);
  expect(Object.fromEntries(real)).toEqual(Object.fromEntries(virtual));
}, 20_000);
