import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cloud } from '../../src/model/cloud.ts';
import type { Instance } from '../../src/model/instance.ts';
import { Refusal } from '../../src/model/refusal.ts';
import type { Switches } from '../../src/model/switches.ts';
import { createPoolCloud, poolDetails, zone } from './pool-cloud.ts';
import { createWatchedCloud, quota, retries, type WatchedCloud } from './watched-cloud.ts';

/** A second's work; a shared machine may make it many. */
const slow = { timeout: 60_000 };

type Command =
  | { readonly kind: 'scale'; readonly size: number }
  | { readonly kind: 'evict' | 'delete' | 'stop' | 'start'; readonly picks: readonly number[] }
  | { readonly kind: 'update' | 'create' }
  | { readonly kind: 'wait'; readonly ms: number };

const picks = fc.array(fc.nat(20), { minLength: 1, maxLength: 3 });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('scale' as const), size: fc.nat(quota) }),
  fc.record({ kind: fc.constantFrom('evict', 'delete', 'stop', 'start' as const), picks }),
  fc.record({ kind: fc.constantFrom('update', 'create' as const) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(90_000) }),
);
const switches: fc.Arbitrary<Partial<Switches>> = fc.record({
  selfHealOnExit: fc.boolean(),
  selfHealOnStop: fc.boolean(),
  scaleDownVictims: fc.constantFrom('oldest', 'newest', 'random' as const),
  evictDeregistersFirst: fc.boolean(),
  overlappingOperation: fc.constantFrom('conflict', 'failure', 'queue' as const),
  quotaExceeded: fc.constantFrom('refuse', 'failure', 'partial' as const),
});

function pick(cloud: Cloud, poolId: string, indices: readonly number[]): readonly Instance[] {
  const members = cloud.pools.members(poolId);
  const picked = indices.map((index) => members[index % Math.max(1, members.length)]);
  return picked.filter((member) => member !== undefined);
}

function perform(cloud: Cloud, poolId: string, step: Exclude<Command, { kind: 'wait' }>): void {
  switch (step.kind) {
    case 'scale':
      cloud.pools.scale(zone, poolId, step.size);
      return;
    case 'evict': {
      const ids = pick(cloud, poolId, step.picks).map(({ id }) => id);
      cloud.pools.evict(zone, poolId, ids);
      return;
    }
    case 'update': {
      const { id: templateId } = cloud.templates.add({ name: 'next' });
      cloud.pools.update(zone, poolId, { templateId });
      return;
    }
    case 'create': {
      const { templateId } = cloud.pools.get(zone, poolId);
      cloud.instances.create(poolDetails(cloud, templateId), { zone, name: 'alone' });
      return;
    }
    default:
      for (const { id } of pick(cloud, poolId, step.picks)) cloud.instances[step.kind](zone, id);
  }
}

function startPool({ cloud }: WatchedCloud): string {
  const { id: templateId } = cloud.templates.add({ name: 'first' });
  const { referenceId } = cloud.pools.create(zone, poolDetails(cloud, templateId), 3);
  const details = { name: 'lb', description: '', labels: {} };
  const balancer = cloud.loadBalancers.create(zone, details).referenceId;
  cloud.loadBalancers.addService(zone, balancer, {
    name: 'http',
    description: '',
    poolId: referenceId,
    port: 80,
    targetPort: 8080,
    protocol: 'tcp',
    strategy: 'round-robin',
    healthCheck: { mode: 'http', port: 8080, intervalSeconds: 10, timeoutSeconds: 2, retries },
  });
  return referenceId;
}

async function live(seed: string, positions: Partial<Switches>, commands: readonly Command[]) {
  const watched = createWatchedCloud(seed, positions);
  const { cloud, time } = watched;
  const poolId = startPool(watched);
  for (const step of commands) {
    if (step.kind === 'wait') await time.advance(step.ms);
    else {
      try {
        perform(cloud, poolId, step);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }
  await time.advance(900_000);
  return { ...watched, pool: cloud.snapshot().pools[0] };
}

const script = fc.array(command, { maxLength: 14 });

test('whatever is asked of it, the cloud keeps its rules and comes to rest', slow, async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), switches, script, async (seed, positions, commands) => {
      const { violations, pool, cloud } = await live(seed, positions, commands);
      expect(violations).toEqual([]);
      expect(pool?.state).toBe('running');
      expect(cloud.operations.list().filter(({ state }) => state === 'pending')).toEqual([]);
      // Room may have run out for replacements; a member too many has no excuse.
      const isFull = cloud.quotas.available('instance') === 0;
      if (isFull) expect(pool?.members.length).toBeLessThanOrEqual(pool?.size ?? 0);
      else expect(pool?.members).toHaveLength(pool?.size ?? -1);
    }),
    { numRuns: 60 },
  );
});

test('the same seed and the same calls make the same history', slow, async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), switches, script, async (seed, positions, commands) => {
      const [once, again] = [
        await live(seed, positions, commands),
        await live(seed, positions, commands),
      ];
      expect(again.events).toEqual(once.events);
    }),
    { numRuns: 10 },
  );
});

test('evict() removes its victims and nobody else, scale() as many as it must', slow, async () => {
  const sizes = fc.record({ size: fc.integer({ min: 1, max: 7 }), mask: fc.nat(127) });
  await fc.assert(
    fc.asyncProperty(fc.string(), sizes, async (seed, { size, mask }) => {
      const sandbox = await createPoolCloud({ seed, size });
      const { cloud, pool, members } = sandbox;
      const before = members().map(({ id }) => id);
      const victims = before.filter((_, index) => (mask >> index) & 1);
      const keep = before.filter((id) => !victims.includes(id));
      if (victims.length > 0) {
        await sandbox.end(cloud.pools.evict(zone, pool().id, victims));
        await sandbox.rest();
      }
      expect(members().map(({ id }) => id)).toEqual(keep);
      const half = Math.floor(keep.length / 2);
      await sandbox.end(cloud.pools.scale(zone, pool().id, half));
      await sandbox.rest();
      expect(members()).toHaveLength(half);
      for (const { id } of members()) expect(keep).toContain(id);
    }),
    { numRuns: 40 },
  );
});
