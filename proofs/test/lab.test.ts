import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readObserved, startSandbox } from '@exoship/sandbox';
import { expect, onTestFinished, test, vi } from 'vitest';
import { chooseAppPort } from '../src/demo/app-port.ts';
import { isOurs } from '../src/lab/names.ts';
import { planLab } from '../src/lab/plan.ts';
import { runLab } from '../src/lab/run-lab.ts';
import { drawSwitches, plantWrong } from '../src/prove/lab/draws.ts';
import {
  leftIn,
  type Played,
  playAborted,
  playKilled,
  playLive,
  playThrough,
} from '../src/prove/lab/play.ts';
import { openSimulatedLand } from '../src/prove/lab/simulated-ground.ts';

// A second or two each, and far more on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

const main = fileURLToPath(new URL('../src/lab/main.ts', import.meta.url));
const prices = { instanceHour: 0.02, balancerHour: 0.05 };

test.each([1, 1018])('the lab finds every switch and leaves nothing, seed %i', async (seed) => {
  expect(await playThrough(seed)).toMatchObject({ found: 14, violations: [] });
});

test.each([4])('the lab finds every switch of a busy and slow cloud, seed %i', async (seed) => {
  expect(await playThrough(seed, { withFaults: true })).toMatchObject({
    found: 14,
    violations: [],
  });
});

test('a sweep removes what killed labs have left', async () => {
  const killed: Played[] = [];
  for (const seed of [1, 2, 3, 4]) killed.push(await playKilled(seed));
  expect(killed.flatMap(({ violations }) => violations)).toEqual([]);
  expect(killed.some(({ swept }) => swept > 0)).toBe(true);
});

test.each([1, 3])('an aborted lab cleans up and says why it ended, seed %i', async (seed) => {
  expect((await playAborted(seed)).violations).toEqual([]);
});

test('a switch that is not as told is named, and no other', async () => {
  const [name, expected] = plantWrong(drawSwitches(6), 6);
  const { violations } = await playThrough(6, { expected });
  expect(violations).toEqual([expect.stringMatching(`^${name} is `)]);
});

test('the lab stops when something cannot be removed, guesses nothing and says what is left', async () => {
  const land = openSimulatedLand('stuck', { switches: {} });
  const match = { operation: 'update-instance-pool' };
  land.cloud.faults.add({ kind: 'operation-failure', state: 'pending', match });
  const process = land.startProcess();
  const pace = { ...process.pace, patienceMs: 60_000, pollMs: 5_000 };
  const plan = planLab({ zone: 'z', headroom: 8, mostToFill: 8 }, prices);
  const { signal } = new AbortController();
  const run = { runId: '0a1b2c3d', plan, signal, say: () => {} };
  const observation = await land.time.drive(runLab({ ...process, pace }, run));
  expect(observation.leftovers).toEqual([
    expect.stringMatching(/^instance-pool exoship-lab-0a1b2c3d-pool-1 /),
  ]);
  const { putMergesLabels, stopIsAcpi } = observation.switches;
  expect(putMergesLabels).toMatchObject({ reason: expect.stringContaining('still pending') });
  expect(stopIsAcpi).toMatchObject({ reason: expect.stringContaining('Not begun') });
  expect(readObserved(JSON.stringify(observation))).toEqual({});
});

test('the lab finds switches over HTTP, of a sandbox with real processes', async () => {
  const only = ['putMergesLabels', 'omittedFieldsOnPut', 'evictOfStoppedMember'];
  expect(await playLive(7, { only })).toMatchObject({ found: only.length, violations: [] });
});

test('planLab() counts every started hour, and leaves out what there is no room for', () => {
  const wide = planLab({ zone: 'z', headroom: 20, mostToFill: 10 }, prices);
  const quota = wide.experiments.find(({ key }) => key === 'quotaExceeded');
  expect(quota).toMatchObject({ cost: 0, needs: { status: 'unobservable' } });
  const victims = wide.experiments.find(({ key }) => key === 'scaleDownVictims');
  expect(victims?.cost).toBeCloseTo(11 * 0.02);
  const narrow = planLab({ zone: 'z', headroom: 5, mostToFill: 10 }, prices);
  const unfit = narrow.experiments.find(({ key }) => key === 'scaleDownVictims');
  expect(unfit?.needs).toMatchObject({ reason: expect.stringContaining('room for 5') });
  expect(narrow.atOnce).toBeLessThanOrEqual(5);
});

test.each([
  ['exoship-lab-0a1b2c3d-pool-1', true],
  ['exoship-lab-0a1b2c3d', true],
  ['exoship-lab-0a1b2c3d4-pool', false],
  ['exoship-lab-mine', false],
  ['my-exoship-lab-0a1b2c3d-pool', false],
])('isOurs("%s") is %s', (name, expected) => {
  expect(isOurs(name)).toBe(expected);
  expect(isOurs(name, '00000000')).toBe(false);
});

/** The command of `pnpm test:live`, on a sandbox that takes it for the real cloud. */
async function startLive(cloudOptions: { readonly instances: number }) {
  const sandbox = await startSandbox({
    appPort: await chooseAppPort(18_080),
    latencies: { operationMs: 50, bootMs: 100, destroyMs: 50 },
    quotas: { instance: cloudOptions.instances },
  });
  const folder = await mkdtemp(join(tmpdir(), 'exoship-lab-'));
  onTestFinished(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { key, secret } = sandbox.adminCredentials;
  const run = (...argv: readonly string[]) => {
    const child = spawn(execPath, [main, '--other-template', ubuntu, ...argv], {
      cwd: folder,
      env: {
        EXOSCALE_API_KEY: key,
        EXOSCALE_API_SECRET: secret.reveal(),
        EXOSCALE_API_ENDPOINT: sandbox.apiEndpoint,
        EXOSCALE_ZONE: sandbox.zone,
      },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    return {
      child,
      ended: once(child, 'close').then(([code]) => ({ code: Number(code), output })),
    };
  };
  return { sandbox, run, secret: secret.reveal() };
}

const ubuntu = 'Linux Ubuntu 24.04 LTS 64-bit';

test('test:live says what it would cost, and creates nothing without consent or above the cap', async () => {
  const { sandbox, run, secret } = await startLive({ instances: 8 });
  const asked = await run().ended;
  expect(asked.output).toMatch(/at most \d+ instances \(8 at once\), \d+ minutes, 1\.\d\d/);
  expect(asked).toMatchObject({ code: 2, output: expect.stringContaining('Nothing was created') });
  const capped = await run('--yes-spend', '0.50').ended;
  expect(capped).toMatchObject({
    code: 3,
    output: expect.stringContaining('above the cap of 0.50'),
  });
  const wrong = await run('--yes-spend', 'all').ended;
  expect(wrong).toMatchObject({ code: 2, output: expect.stringContaining('--yes-spend') });
  for (const { output } of [asked, capped, wrong]) expect(output).not.toContain(secret);
  const changes = sandbox.cloud.audit
    .list()
    .filter(({ operation }) => operation.startsWith('create'));
  expect(changes).toEqual([]);
});

test('test:live cleans up on SIGTERM; what SIGKILL leaves, --sweep removes', async () => {
  const { sandbox, run } = await startLive({ instances: 8 });
  const isBegun = async (): Promise<void> => {
    for (let look = 0; look < 200 && leftIn(sandbox.cloud).length === 0; look += 1) {
      await delay(50);
    }
    expect(leftIn(sandbox.cloud)).not.toEqual([]);
  };
  const stopped = run('--yes-spend', '5');
  await isBegun();
  stopped.child.kill('SIGTERM');
  // As it comes when pnpm passes on what the terminal has told both.
  await delay(50);
  stopped.child.kill('SIGTERM');
  expect(await stopped.ended).toMatchObject({ code: 143 });
  expect(leftIn(sandbox.cloud)).toEqual([]);

  const killed = run('--yes-spend', '5');
  await isBegun();
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(leftIn(sandbox.cloud)).not.toEqual([]);
  expect(await run('--sweep').ended).toMatchObject({ code: 0 });
  expect(leftIn(sandbox.cloud)).toEqual([]);
});
