import { describe, expect, test } from 'vitest';
import { controlRollout, type Observation, type RolloutOptions, rollout } from '../src/index.ts';
import type { MemoryPool, MemoryPoolOptions, PoolCall, PoolFailure } from '../src/testing.ts';
import { type Bench, createBench, templatesOf } from './harness.ts';
import { createMortal } from './mortal.ts';

const isOld = ({ template }: { readonly template: string }): boolean => template === 'v1';
const quick = { gate: { healthyDeadlineMs: 60_000 } } as const;
const all = (template: string): readonly string[] => [template, template, template];

function fault(reason: string): Error {
  return Object.assign(new Error(`Refused: ${reason}`), { reason });
}

/** The nth call of a method fails. */
function failing(
  method: PoolCall['method'],
  nth: readonly number[],
  failure: PoolFailure,
): Partial<MemoryPoolOptions> {
  let seen = 0;
  return {
    failure: (call) => {
      if (call.method !== method) return undefined;
      seen += 1;
      return nth.includes(seen) ? failure : undefined;
    },
  };
}

/** Somebody else's hand, before the nth call of a method. */
function interfered(
  method: PoolCall['method'],
  nth: number,
  act: (bench: Bench) => void,
  more: Partial<MemoryPoolOptions> = {},
): Bench {
  let seen = 0;
  const bench: Bench = createBench({
    ...more,
    failure: (call) => {
      if (call.method === method) seen += 1;
      if (call.method === method && seen === nth) act(bench);
      return undefined;
    },
  });
  return bench;
}

/** Shows the engine another pool than there is. */
function shown(bench: Bench, change: (seen: Observation) => Observation): MemoryPool {
  return Object.assign(Object.create(bench.pool), {
    observe: async () => change(await bench.pool.observe()),
  });
}

async function run(bench: Bench, more: Partial<RolloutOptions> = {}, pool = bench.pool) {
  const result = await rollout(pool, bench.options(more));
  return { ...result, templates: await templatesOf(bench.pool) };
}

function expectSafe({ pool }: Bench, minServing = 3): void {
  const { cut, violations } = pool;
  expect({ cut, violations, minServing: pool.minServing }).toEqual({
    cut: [],
    violations: [],
    minServing,
  });
}

type Cases = Readonly<Record<string, () => Promise<void>>>;

/** Every fault that a rollout meets, and what must become of it; what one row says in detail is in the other tests. */
const rows: Readonly<Record<string, Cases>> = {
  'a new member never becomes healthy, or boots to an error': {
    'deadline, no growth, back': async () => {
      for (const options of [{ isHealthy: isOld }, { failsToBoot: (t: string) => t === 'v2' }]) {
        const bench = createBench(options);
        const result = await run(bench, { ...quick, strategy: { kind: 'one-by-one' } });
        expect(result).toMatchObject({ outcome: 'rolled-back', peak: 4, templates: all('v1') });
        expectSafe(bench);
      }
    },
  },
  'flapping health, which one success admits again': {
    'a flap starts the proof again, and nothing is evicted before it': async () => {
      const flaps = (member: { readonly template: string }, ageMs: number): boolean =>
        isOld(member) || Math.floor(ageMs / 12_000) % 2 === 1;
      const bench = createBench({ isHealthy: flaps });
      expect(await run(bench, quick)).toMatchObject({ outcome: 'rolled-back' });
      expectSafe(bench);
    },
  },
  'a slow tail of boots': {
    'waits, evicts nothing': async () => {
      const bench = createBench({ bootMs: (_, index) => (index === 6 ? 250_000 : 30_000) });
      expect(await run(bench)).toMatchObject({ outcome: 'completed', templates: all('v2') });
      expect(bench.pool.mutations.filter(({ method }) => method === 'evict')).toHaveLength(1);
      expectSafe(bench);
    },
  },
  'the API fails, times out, cuts or limits, and it is open whether it had its effect': {
    'looks again before it repeats': async () => {
      for (const method of ['begin', 'grow', 'drain', 'evict', 'settle'] as const) {
        for (const when of ['before', 'after'] as const) {
          const bench = createBench(failing(method, [1, 2], { when }));
          const result = await run(bench, { drain: { onFailure: 'continue' } });
          expect(result, `${method} ${when}`).toMatchObject({ outcome: 'completed', peak: 6 });
          expectSafe(bench);
        }
      }
    },
    'a limit on calls': async () => {
      const bench = createBench(failing('evict', [1, 2], { when: 'before', error: fault('busy') }));
      expect(await run(bench)).toMatchObject({ outcome: 'completed' });
      expectSafe(bench);
    },
  },
  'an operation fails, times out, is partial, busy, in conflict or interrupted': {
    'what may pass is repeated': async () => {
      for (const reason of ['busy', 'unknown']) {
        const failure = { when: 'before', error: fault(reason) } as const;
        const bench = createBench(failing('grow', [1], failure));
        expect(await run(bench), reason).toMatchObject({ outcome: 'completed' });
        expectSafe(bench);
      }
    },
    'what is partial is used as far as it goes': async () => {
      const error = fault('capacity');
      const bench = createBench(failing('grow', [1], { when: 'before', error }));
      expect(await run(bench)).toMatchObject({ outcome: 'completed', templates: all('v2') });
      expectSafe(bench);
    },
    'what cannot pass ends it': async () => {
      const refused = createBench(
        failing('grow', [1], { when: 'before', error: fault('invalid') }),
      );
      expect(await run(refused)).toMatchObject({ outcome: 'rolled-back', templates: all('v1') });
      const error = fault('forbidden');
      const forbidden = createBench(failing('grow', [1], { when: 'before', error }));
      expect(await run(forbidden)).toMatchObject({ outcome: 'stuck', templates: all('v1') });
      expectSafe(forbidden);
    },
  },
  'an operation succeeds before the pool has converged, looks are stale, or it stays busy': {
    'acts on what it sees, never on what an operation said': async () => {
      const bench = createBench();
      let last: Observation | undefined;
      let looks = 0;
      const stale = shown(bench, (seen) => {
        looks += 1;
        const shownNow = looks % 3 === 0 ? (last ?? seen) : seen;
        last = seen;
        return { ...shownNow, annotations: seen.annotations };
      });
      expect(await run(bench, {}, stale)).toMatchObject({ outcome: 'completed' });
      expect(bench.pool.cut).toEqual([]);
      expect(bench.pool.minServing).toBe(3);
    },
    'a pool that is stuck while it grows ends at the deadline, whole': async () => {
      const bench = createBench({ changeMs: 3_600_000 });
      const result = await run(bench, { progressDeadlineMs: 120_000 });
      expect(result).toMatchObject({ outcome: 'stuck', replaced: [] });
      expect(result.reason).toContain('has not come to rest within 120000 ms');
      expectSafe(bench);
    },
  },
  'the quota is hit in mid-rollout, or anti-affinity or capacity is exhausted': {
    'what is granted is used': async () => {
      for (const without of [[], ['capacity']] as const) {
        const bench = createBench({ quota: 4, without });
        expect(await run(bench)).toMatchObject({ outcome: 'completed', peak: 4 });
        expectSafe(bench);
      }
    },
    'when nothing is, nothing is removed': async () => {
      const bench = createBench({
        failure: ({ method }) =>
          method === 'grow' ? { when: 'before', error: fault('capacity') } : undefined,
      });
      expect(await run(bench, { progressDeadlineMs: 60_000 })).toMatchObject({
        outcome: 'rolled-back',
        replaced: [],
      });
      expectSafe(bench);
    },
  },
  'an instance dies by itself, and the pool replaces it by the new version': {
    'recounted, and nothing is evicted to mend it': async () => {
      for (const victim of ['m2', 'm5']) {
        const bench = interfered('observe', 12, ({ pool }) => pool.kill(victim));
        expect(await run(bench)).toMatchObject({ outcome: 'completed', templates: all('v2') });
        expect(bench.pool.cut.filter((id) => id !== victim)).toEqual([]);
      }
    },
  },
  'an operator or an autoscaler resizes the pool in mid-rollout': {
    'the new size is taken over, or it pauses': async () => {
      const adopting = interfered('observe', 8, ({ pool }) => pool.resize(8));
      expect(await run(adopting)).toMatchObject({ outcome: 'completed', size: 5 });
      const pausing = interfered('observe', 8, ({ pool }) => pool.resize(8));
      expect(await run(pausing, { onExternalResize: 'pause' })).toMatchObject({
        outcome: 'paused',
        reason: 'Somebody else resized the pool from 6 to 8',
      });
    },
  },
  'the template is changed in mid-rollout, or a second rollout supersedes the first': {
    'the first stops; the second goes on from three versions': async () => {
      const bench = createBench({ size: 4, quota: 5 });
      const first = rollout(bench.pool, bench.options());
      while ((await templatesOf(bench.pool)).filter((one) => one === 'v2').length < 2) {
        await bench.clock.sleep(1_000);
      }
      const second = rollout(bench.pool, bench.options({ template: 'v3', rolloutId: 'r3' }));
      expect(await first).toMatchObject({ outcome: 'locked' });
      expect(await second).toMatchObject({ outcome: 'completed', from: 'v1', to: 'v3', size: 4 });
      expect(await templatesOf(bench.pool)).toEqual(['v3', 'v3', 'v3', 'v3']);
      expectSafe(bench, 4);
    },
  },
  'Terraform sets the template back': {
    'stops, and says how to keep it from doing so': async () => {
      const bench = interfered('observe', 8, ({ pool }) => pool.overwrite({ template: 'v1' }));
      const result = await run(bench);
      expect(result).toMatchObject({ outcome: 'stuck', replaced: [] });
      expect(result.reason).toContain('ignore_changes = [template_id, size, labels]');
    },
  },
  'the controller is killed at any step and resumed elsewhere': {
    'the same end, at every call': async () => {
      for (const when of ['before-send', 'after-effect'] as const) {
        for (let call = 1; call <= 40; call += 1) {
          const bench = createBench();
          const mortal = createMortal(bench.pool, bench.clock, { call, when });
          const doomed = rollout(mortal.pool, bench.options({ clock: mortal.clock }));
          await Promise.race([mortal.died, doomed]);
          const result = await run(bench, { rolloutId: 'r2' });
          expect(['completed', 'unchanged'], `${when} ${call}`).toContain(result.outcome);
          expect(result.templates).toEqual(all('v2'));
          expectSafe(bench);
        }
      }
    },
  },
  'two controllers start together, a zombie resumes after its lease, clocks are skewed': {
    'one works, the other makes no change': async () => {
      const bench = createBench();
      const start = (owner: string) =>
        rollout(bench.pool, bench.options({ exclusive: false, owner, leaseMs: 900_000 }));
      const results = await Promise.all([start('one'), start('two')]);
      expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(['completed', 'locked']);
      expectSafe(bench);
    },
    'a clock that is a minute ahead takes no lease that still has two': async () => {
      const bench = createBench();
      const first = rollout(bench.pool, bench.options({ leaseMs: 240_000 }));
      await bench.clock.sleep(10_000);
      const { clock } = bench;
      const ahead = { ...clock, now: () => new Date(clock.now().getTime() + 60_000) };
      const more = { exclusive: false, clock: ahead, rolloutId: 'r2' };
      const second = await rollout(bench.pool, bench.options(more));
      expect(['locked', 'unchanged']).toContain(second.outcome);
      expect(second.mutations).toBe(0);
      expect(await first).toMatchObject({ outcome: 'completed' });
      expectSafe(bench);
    },
  },
  'credentials expire or are revoked in mid-rollout': {
    'a safe stop, to be resumed': async () => {
      let isRevoked = true;
      const bench = createBench({
        failure: ({ method }) =>
          isRevoked && method === 'evict'
            ? { when: 'before', error: fault('forbidden') }
            : undefined,
      });
      expect(await run(bench)).toMatchObject({ outcome: 'stuck' });
      isRevoked = false;
      expect(await run(bench)).toMatchObject({ outcome: 'completed', rolloutId: 'r1' });
      expectSafe(bench);
    },
  },
  'a template is deleted in mid-rollout': {
    'the new one: back': async () => {
      const bench = createBench(failing('grow', [2], { when: 'before', error: fault('gone') }));
      const result = await run(bench, { strategy: { kind: 'one-by-one' } });
      expect(result).toMatchObject({ outcome: 'rolled-back', templates: all('v1') });
      expectSafe(bench);
    },
    'the old one, when it is needed: a person must look': async () => {
      const gone = failing('begin', [2], { when: 'before', error: fault('gone') });
      const bench = createBench({ isHealthy: isOld, ...gone });
      const result = await run(bench, quick);
      expect(result).toMatchObject({ outcome: 'stuck', replaced: [] });
      expect(result.reason).toContain('The way back to "v1" is blocked');
    },
  },
  'the balancer is deleted or edited, or a firewall stops its checks': {
    'all new ones fail: no old one goes': async () => {
      const bench = createBench();
      const failed = shown(bench, (seen) => ({
        ...seen,
        members: seen.members.map((one) => (isOld(one) ? one : { ...one, verdict: 'unhealthy' })),
      }));
      const result = await run(bench, quick, failed);
      expect(result).toMatchObject({ outcome: 'rolled-back', templates: all('v1') });
      expectSafe(bench);
    },
    'it is gone: nobody is removed until there is one again': async () => {
      const bench = createBench();
      const goneMs = [40_000, 140_000] as const;
      const bare = shown(bench, (seen) => {
        const nowMs = bench.clock.monotonicMs();
        if (nowMs < goneMs[0] || nowMs > goneMs[1]) return seen;
        const members = seen.members.map((one) => ({ ...one, verdict: 'none' as const }));
        return { ...seen, balancers: [], members };
      });
      expect(await run(bench, {}, bare)).toMatchObject({ outcome: 'completed' });
      const [first] = bench.pool.mutations.filter(({ method }) => method === 'drain');
      const startMs = bench.clock.now().getTime() - bench.clock.monotonicMs();
      expect((first?.at.getTime() ?? 0) - startMs).toBeGreaterThan(goneMs[1]);
      expectSafe(bench);
    },
  },
  'the drain hangs, fails or does nothing': {
    'bounded, then as the policy says': async () => {
      const drains: readonly MemoryPool['drain'][] = [
        () => new Promise<void>(() => undefined),
        () => Promise.reject(new Error('No such hook')),
        async () => undefined,
      ];
      for (const drain of drains) {
        const bench = createBench();
        const pool: MemoryPool = Object.assign(Object.create(bench.pool), { drain });
        expect(await run(bench, {}, pool)).toMatchObject({ outcome: 'paused', replaced: [] });
        expectSafe(bench);
        const more = createBench();
        const going: MemoryPool = Object.assign(Object.create(more.pool), { drain });
        const result = await run(more, { drain: { onFailure: 'continue' } }, going);
        expect(result).toMatchObject({ outcome: 'completed', templates: all('v2') });
      }
    },
  },
  'the runner does not reach the members': {
    'the probe is wrong, not the release: refused': async () => {
      const bench = createBench();
      const probe = async (): Promise<never> => Promise.reject(new Error('connect ETIMEDOUT'));
      const result = await run(bench, { probe });
      expect(result).toMatchObject({ outcome: 'refused', mutations: 0 });
      expect(result.reason).toContain('the probe is wrong, not the release');
    },
  },
  'no members, one, all up to date, a mixed start, an unhealthy start': {
    'none and one': async () => {
      for (const size of [0, 1]) {
        const bench = createBench({ size });
        expect(await run(bench)).toMatchObject({ outcome: 'completed', size });
        expectSafe(bench, size);
      }
    },
    'up to date': async () => {
      const bench = createBench({ template: 'v2' });
      expect(await run(bench)).toMatchObject({ outcome: 'unchanged', mutations: 0 });
    },
    'mixed: members that match stay': async () => {
      const bench = createBench();
      bench.pool.overwrite({ template: 'v2' });
      bench.pool.kill('m2');
      await bench.clock.sleep(120_000);
      const result = await run(bench);
      expect(result).toMatchObject({ outcome: 'completed', from: 'v1', templates: all('v2') });
      expect(result.replaced.toSorted()).toEqual(['m1', 'm3']);
    },
    'unhealthy: forward, the failing ones first': async () => {
      const bench = createBench({ isHealthy: ({ template }) => template === 'v2' });
      await bench.clock.sleep(20_000);
      expect(await run(bench)).toMatchObject({ outcome: 'completed' });
      expect(bench.warnings()).toContain('broken-start');
    },
  },
  'the pool is suspended, being destroyed, or managed by something else': {
    refused: async () => {
      for (const refusal of ['suspended', 'destroying', 'managed by sks-nodepool']) {
        const bench = createBench({ refusal });
        const result = await run(bench);
        expect(result).toMatchObject({ outcome: 'refused', mutations: 0 });
        expect(result.reason).toContain(refusal);
      }
    },
    'nothing to control either': async () => {
      const bench = createBench({ refusal: 'suspended' });
      const result = await controlRollout(bench.pool, 'rollback', bench.control());
      expect(result).toMatchObject({ outcome: 'refused', mutations: 0 });
    },
  },
};

for (const [row, cases] of Object.entries(rows)) {
  describe(row, () => {
    for (const [name, body] of Object.entries(cases)) test(name, body);
  });
}
