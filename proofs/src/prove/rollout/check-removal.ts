import type { Member, Observation } from '@exoship/rollout';
import { type Court, describe, type Wish, wishOf } from './deed.ts';
import { limitsOf } from './rules.ts';

/** S1, S3 and S5, whenever members are drained or evicted. */
export function checkRemoval(court: Court): void {
  const { deed, witness, tally } = court;
  if (deed.call !== 'drain' && deed.call !== 'evict') return;
  const { seen } = witness;
  const ids = deed.ids ?? [];
  if (seen === undefined) {
    tally.check('S3', false, () => `${witness.name} removed members that it had not looked at`);
    return;
  }
  const wish = wishOf(seen);
  checkTargets(court, seen, wish, ids);
  checkFloor(court, seen, wish, ids);
  for (const id of ids) witness.noteRemoval(id, deed.call);
}

function checkTargets(
  { tally, witness, deed }: Court,
  seen: Observation,
  wish: Wish,
  ids: readonly string[],
): void {
  const isUseful = ({ id, state, template }: Member): boolean =>
    template === wish.goal &&
    (state === 'running' || state === 'starting') &&
    !witness.isRemoved(id);
  const left = seen.members.filter((member) => isUseful(member) && !ids.includes(member.id)).length;
  for (const id of ids) {
    const target = seen.members.find((member) => member.id === id);
    const isThere = target !== undefined && target.state !== 'leaving' && !target.isProtected;
    const isUnwanted = target !== undefined && (!isUseful(target) || left >= wish.size);
    tally.check(
      'S3',
      isThere && isUnwanted,
      () => `${witness.name}: ${describe(deed)} hits ${JSON.stringify(target)}, goal ${wish.goal}`,
    );
  }
}

function checkFloor(
  { tally, witness, scenario, deed }: Court,
  seen: Observation,
  wish: Wish,
  ids: readonly string[],
): void {
  const serving = seen.members.filter((member) => witness.isServing(member));
  const isHit = seen.members.some((member) => ids.includes(member.id) && witness.mayServe(member));
  const after = serving.filter(({ id }) => !ids.includes(id));
  const floor = wish.size - limitsOf(scenario, wish.size).unavailable;
  tally.check(
    'S1',
    !isHit || after.length >= floor,
    () => `${witness.name}: ${describe(deed)} leaves ${after.length} serving of at least ${floor}`,
  );
  const proved = after.filter((member) => witness.isProved(member)).length;
  const others = after.filter(
    (member) => member.template !== wish.goal && !witness.isProved(member),
  ).length;
  tally.check(
    'S5',
    !isHit || proved + others >= floor,
    () =>
      `${witness.name}: ${describe(deed)} with ${proved} proved and ${others} others serving, ${floor} must`,
  );
}
