import { type Court, describe, wishOf } from './deed.ts';
import { limitsOf, mostUnproven } from './rules.ts';

/** S2, S4 and S7, whenever the size is set. */
export function checkGrowth(court: Court): void {
  const { deed, witness, tally, world, scenario, provedEver } = court;
  const { size } = deed;
  const { seen } = witness;
  if (deed.call !== 'grow' || size === undefined || seen === undefined) return;
  const { cloud, zone, poolId } = world;
  const present = seen.members.filter(({ state }) => state !== 'leaving');
  const sizeNow = cloud.pools.get(zone, poolId).size;
  tally.check(
    'S4',
    size >= seen.size && size >= present.length && (size >= sizeNow || !isAlone(court)),
    () => `${witness.name}: ${describe(deed)} while the size is ${sizeNow}`,
  );
  const wish = wishOf(seen);
  const leaving = seen.members.length - present.length;
  const most = wish.size + limitsOf(scenario, wish.size).surge;
  tally.check(
    'S2',
    size + leaving <= most,
    () =>
      `${witness.name}: ${describe(deed)} with ${leaving} leaving, at most ${most} may be there`,
  );
  if (wish.isRollback) return;
  // What has stopped is not running anything.
  const goal = present.filter(
    ({ template, state }) =>
      template === wish.goal && (state === 'running' || state === 'starting'),
  );
  const proven = goal.filter(({ id }) => provedEver.has(id)).length;
  const unproven = goal.length - proven + size - present.length;
  const allowed = mostUnproven(scenario, wish.size, proven);
  tally.check(
    'S7',
    unproven <= allowed,
    () => `${witness.name}: ${describe(deed)} makes ${unproven} unproven, ${allowed} are allowed`,
  );
}

/** Between a look and a call somebody else's hand may come in; the adapter looks once more, and refuses. */
function isAlone({ scenario }: Court): boolean {
  return scenario.disturbances.length === 0;
}
