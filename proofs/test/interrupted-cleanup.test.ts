import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearAway } from '../src/prove/signals/clear-away.ts';
import { type Happening, type Lane, type LaneJob, openLane } from '../src/prove/signals/lane.ts';
import { leftAfter, leftInCloud, leftOnMachine } from '../src/prove/signals/leftovers.ts';
import { runLine } from '../src/prove/signals/run-line.ts';
import { freshCommit, readArtifactText, writeArtifactText } from '../src/prove/signals/scenes.ts';
import { type Ended, strike, type TimedSignal } from '../src/prove/signals/strike.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// A CI runner kills ten seconds after it asked; some air is for the machine that runs this test.
const LONGEST_CLEANUP_MS = 9_000;

let lane: Lane;
let artifact: string;
const undo: (() => void)[] = [];

beforeAll(async () => {
  lane = await openLane({ seed: 11 });
  await using job = await lane.openJob(freshCommit());
  await runLine(lane, job, ['build']);
  artifact = await readArtifactText(job);
});
afterEach(async () => {
  for (const restore of undo.splice(0)) restore();
  await clearAway(lane);
});
afterAll(async () => await lane?.[Symbol.asyncDispose]());

/** Signals at these times after something has happened; the first of several is the first in the list. */
function signalsAfter(
  moment: Happening,
  signals: readonly (Pick<TimedSignal, 'signal' | 'target'> & { readonly delayMs: number })[],
): readonly TimedSignal[] {
  const { promise, resolve } = Promise.withResolvers<void>();
  lane.when(moment, resolve);
  return signals.map(({ delayMs, ...signal }) => ({
    ...signal,
    after: (send) => {
      let timer: NodeJS.Timeout | undefined;
      void promise.then(() => {
        timer = setTimeout(send, delayMs);
      });
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
  }));
}

const keyCreated: Happening = { kind: 'event', number: 1 };
const polite = 'sleep 30 & wait';
const stubborn = `trap '' INT TERM; ${polite}`;
/** Long enough for the command to have started. */
const RUNNING_MS = 700;

async function strikeExec(script: string, signals: readonly TimedSignal[]): Promise<Ended> {
  await using job = await lane.openJob();
  return await struck(job, ['exec', '--', 'sh', '-c', script], signals);
}

/** However it ends: no process outlives it, and what it says holds no secret. */
async function struck(
  job: LaneJob,
  argv: readonly string[],
  signals: readonly TimedSignal[],
): Promise<Ended> {
  const ended = await strike(job.line(argv), signals);
  expect(await leftAfter(5_000, () => leftOnMachine(job, ended.family))).toEqual([]);
  expect(lane.leaksIn(ended.output)).toEqual([]);
  expect(ended.output).not.toMatch(/^\s*at .+:\d+:\d+/m);
  return ended;
}

test('a Ctrl-C that arrives twice at once is one interruption: everything is given back', async () => {
  const { exitCode, output } = await strikeExec(
    polite,
    signalsAfter(keyCreated, [
      { signal: 'SIGINT', target: 'group', delayMs: RUNNING_MS },
      { signal: 'SIGINT', target: 'leader', delayMs: 5 },
    ]),
  );
  expect(exitCode, output).toBe(130);
  expect(output).toMatch(/revoked, proven/);
  expect(await leftInCloud(lane)).toEqual([]);
});

test('a second signal some time after the first ends everything at once', async () => {
  const {
    exitCode,
    dyingMs = 0,
    output,
  } = await strikeExec(
    stubborn,
    signalsAfter(keyCreated, [
      { signal: 'SIGTERM', target: 'leader', delayMs: RUNNING_MS },
      { signal: 'SIGTERM', target: 'leader', delayMs: 1_200 },
    ]),
  );
  expect(exitCode, output).toBe(137);
  expect(dyingMs).toBeGreaterThan(1_000);
  expect(output).not.toMatch(/revoked/);
});

test('a Vault that stalls holds up nobody, and the books say what lives on until when', async () => {
  const { vault } = lane.ci.sandbox;
  for (const path of ['sys/leases/revoke', 'auth/token/revoke-self']) {
    undo.push(vault.inject({ path, times: 100, effect: { kind: 'stall' } }));
  }
  const { exitCode, dyingMs, output } = await strikeExec(
    polite,
    signalsAfter(keyCreated, [{ signal: 'SIGTERM', target: 'leader', delayMs: RUNNING_MS }]),
  );
  expect(exitCode, output).toBe(18);
  expect(dyingMs).toBeLessThan(LONGEST_CLEANUP_MS);
  const { leases, tokens } = vault.snapshot();
  const token = tokens.find(({ path }) => path.includes('approle'));
  expect(output).toContain(`(lease ${leases[0]?.id}): cleanup failed`);
  expect(output).toContain(`(accessor ${token?.accessor}): cleanup failed`);
  const told = [...output.matchAll(/it ends by itself at (\S+)/g)].map(([, at]) =>
    Date.parse(at ?? ''),
  );
  expect(told).toHaveLength(2);
  for (const [index, at] of [leases[0]?.expiresAt, token?.expiresAt].entries()) {
    expect(Math.abs((told[index] ?? 0) - (at?.getTime() ?? 0))).toBeLessThan(2_000);
  }
});

test('a login that is never answered ends with the interruption, and the token is told of', async () => {
  const path = 'auth/approle/login';
  undo.push(
    lane.ci.sandbox.vault.inject({ path, times: 100, effect: { kind: 'stall', isLate: true } }),
  );
  const { exitCode, dyingMs, output } = await strikeExec(
    polite,
    signalsAfter({ kind: 'call', number: 2 }, [{ signal: 'SIGINT', target: 'leader', delayMs: 0 }]),
  );
  expect(exitCode, output).toBe(18);
  expect(dyingMs).toBeLessThan(LONGEST_CLEANUP_MS);
  expect(output).toMatch(
    /Vault token of .*gitlab-ci-runner \(accessor not known\): cleanup failed/,
  );
});

test('a key that is never delivered dies with the token, and is told of', async () => {
  const path = 'exoscale/apikey/+';
  undo.push(
    lane.ci.sandbox.vault.inject({ path, times: 100, effect: { kind: 'stall', isLate: true } }),
  );
  const { exitCode, output } = await strikeExec(
    polite,
    signalsAfter(keyCreated, [{ signal: 'SIGTERM', target: 'group', delayMs: 0 }]),
  );
  expect(exitCode, output).toBe(18);
  expect(output).toMatch(/API key of role exoship-deploy \(lease not known\): cleanup accepted/);
  expect(await leftAfter(5_000, () => leftInCloud(lane))).toEqual([]);
});

test('an instance that cannot be deleted is named, and left to the sweep', async () => {
  const match = { operation: 'delete-instance' };
  undo.push(lane.ci.sandbox.cloud.faults.add({ kind: 'status', status: 503, match, count: 100 }));
  await using job = await lane.openJob();
  await writeArtifactText(job, artifact);
  // The key, the operation that makes the instance, its end.
  const signals = signalsAfter({ kind: 'event', number: 3 }, [
    { signal: 'SIGTERM', target: 'leader', delayMs: 0 },
  ]);
  const { exitCode, dyingMs, output } = await struck(job, ['test'], signals);
  expect(exitCode, output).toBe(18);
  expect(dyingMs).toBeLessThan(LONGEST_CLEANUP_MS);
  const [instance] = lane.ci.sandbox.cloud.instances.list();
  expect(output).toContain(`warning: instance ${instance?.name} (${instance?.id}): cleanup failed`);
  expect(output).toMatch(/key \S+ revoked, proven/);
});

test('a template whose registration an interruption overtakes is told of when it takes long', async () => {
  const match = { operation: 'register-template' };
  const pending = { kind: 'operation-failure', state: 'pending', match } as const;
  undo.push(lane.ci.sandbox.cloud.faults.add(pending));
  await using job = await lane.openJob(freshCommit());
  // Two keys, the end of the first, and the registration.
  const signals = signalsAfter({ kind: 'event', number: 4 }, [
    { signal: 'SIGTERM', target: 'leader', delayMs: 0 },
  ]);
  const { exitCode, output } = await struck(job, ['build'], signals);
  expect(exitCode, output).toBe(18);
  expect(output).toMatch(
    /warning: template hello-\w+: cleanup accepted: its registration was under way/,
  );
  expect(await leftInCloud(lane)).toEqual([]);
});
