import type { Pool, Probe, RolloutEvent } from '@exoship/rollout';
import { ownLabels } from '../../simulation/model-labels.ts';
import type { Wire } from '../../simulation/wire.ts';
import type { World } from '../../simulation/world.ts';
import { checkGrowth } from './check-growth.ts';
import { checkRemoval } from './check-removal.ts';
import { checkTurn, ownerOf, takesLease } from './check-turn.ts';
import type { Court, Deed } from './deed.ts';
import { limitsOf } from './rules.ts';
import { isBeyondMargin, isUndisturbed, type Scenario } from './scenario.ts';
import type { Tally } from './tally.ts';
import { watchPool } from './watch-pool.ts';
import { createWitness, type Witness } from './witness.ts';

/** Stands between controllers and the pool, and between them and whoever listens; never in their way. */
export interface Monitor {
  admit(name: string, isExclusive: boolean): Watched;
  readonly witnesses: readonly Witness[];
}

/** One controller under watch. */
export interface Watched {
  readonly witness: Witness;
  watchPool(pool: Required<Pool>): Required<Pool>;
  watchProbe(probe: Probe): Probe;
  watchWire(wire: Wire): Wire;
  readonly onEvent: (event: RolloutEvent) => void;
}

export function createMonitor(
  world: World,
  scenario: Scenario,
  tally: Tally,
  onProof: (memberId: string) => void = () => undefined,
): Monitor {
  const witnesses: Witness[] = [];
  const provedEver = new Set<string>();
  watchCloud(world, scenario, tally);

  function admit(name: string, isExclusive: boolean): Watched {
    const witness = createWitness(name, isExclusive, world.time.clock.monotonicMs);
    witnesses.push(witness);

    async function watch(deed: Deed, run: () => Promise<void>): Promise<void> {
      const court: Court = { world, scenario, tally, witness, deed, provedEver };
      checkTurn(court);
      checkGrowth(court);
      checkRemoval(court);
      witness.deeds += 1;
      const isDrain = deed.call === 'drain';
      if (!isDrain) witness.inFlight += 1;
      witness.takesLease = !isDrain && takesLease(court);
      try {
        await run();
      } finally {
        if (!isDrain) witness.inFlight -= 1;
      }
    }

    return {
      witness,
      watchPool: (pool) => watchPool(pool, witness, watch),
      watchProbe: (probe) => async (member, options) => {
        const result = await probe(member, options);
        witness.noteProbe(member.id, result);
        return result;
      },
      watchWire: (wire) => (call, effect, signal) =>
        wire(
          call,
          () => {
            if (call.kind === 'mutation' && !isBeyondMargin(scenario))
              checkOwner(world, witness, tally, call.operation);
            return effect();
          },
          signal,
        ),
      onEvent: (event) => {
        witness.events.push(event);
        if (event.type === 'decision-made') witness.lastDecision = event;
        if (event.type === 'mutation-start') witness.announced.push(event);
        if (event.type !== 'member-proved') return;
        provedEver.add(event.member);
        onProof(event.member);
      },
    };
  }

  return { admit, witnesses };
}

/** At the very moment of the effect, which may come long after the look: the lease's margin is there for that. */
function checkOwner(world: World, witness: Witness, tally: Tally, operation: string): void {
  if (witness.takesLease) return;
  const { cloud, zone, poolId } = world;
  const owner = ownerOf(ownLabels(cloud.pools.get(zone, poolId).labels));
  tally.check(
    'S8',
    owner === witness.owner,
    () => `${witness.name}: ${operation} took effect under the lease of ${owner ?? 'nobody'}`,
  );
}

/** S1 and S2 in their strictest form, at every change of the cloud. */
function watchCloud(world: World, scenario: Scenario, tally: Tally): void {
  if (!isUndisturbed(scenario)) return;
  const { cloud, poolId, size } = world;
  const { unavailable } = limitsOf(scenario, size);
  cloud.subscribe((event) => {
    if (event.type === 'serving-changed') {
      const serving = event.instanceIds.length;
      tally.check('S1', serving >= size - unavailable, () => `Only ${serving} of ${size} serve`);
    }
    if (event.type === 'member-joined') {
      const members = cloud.pools.members(poolId).length;
      const { usage, limit } = cloud.quotas.get('instance');
      // A size that was taken over counts, whoever was wrong about it.
      const { labels } = cloud.pools.get(world.zone, poolId);
      const known = Number(ownLabels(labels)['exoship-size'] ?? size);
      const isWithin = members <= known + limitsOf(scenario, known).surge && usage <= limit;
      tally.check('S2', isWithin, () => `${members} members, ${usage} instances of ${limit}`);
    }
  });
}
