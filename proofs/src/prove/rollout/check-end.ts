import type { Outcome, RolloutResult } from '@exoship/rollout';
import { canary, type World } from '../../simulation/world.ts';
import { isBeyondMargin, type Scenario } from './scenario.ts';
import type { Tally } from './tally.ts';
import type { Witness } from './witness.ts';

type PoolRecord = ReturnType<World['cloud']['pools']['get']>;

export const ends: readonly Outcome[] = ['completed', 'unchanged', 'rolled-back'];

/** The pool as it was, and what is to be said of it when all is over. */
export interface EndCheck {
  readonly before: PoolRecord;
  readonly world: World;
  readonly scenario: Scenario;
  readonly tally: Tally;
}

/** S9, S10, S12 and S13, when an end was reached. */
export function checkEnd(check: EndCheck, result: RolloutResult): void {
  checkConfiguration(check);
  checkSize(check, result);
  checkTruth(check, result);
}

const ours = /^exoship-/;

function checkConfiguration({ before, world, tally }: EndCheck): void {
  const { cloud, zone, poolId } = world;
  const plain = ({ labels, ...pool }: PoolRecord): string =>
    JSON.stringify({
      ...pool,
      size: 0,
      state: '',
      templateId: '',
      isBusy: false,
      labels: Object.entries(labels).filter(([key]) => !ours.test(key)),
    });
  const after = cloud.pools.get(zone, poolId);
  tally.check(
    'S9',
    plain(before) === plain(after),
    () => `${plain(before)} became ${plain(after)}`,
  );
}

/** Only an end that was reached while nobody else resized the pool is bound to the size at the start. */
function checkSize({ world, scenario, tally }: EndCheck, result: RolloutResult): void {
  const { cloud, zone, poolId } = world;
  const { size } = cloud.pools.get(zone, poolId);
  const present = cloud.pools.members(poolId).filter(({ state }) => state !== 'destroying').length;
  const isResized =
    isBeyondMargin(scenario) ||
    scenario.disturbances.some(({ kind }) => kind === 'grow' || kind === 'shrink');
  const wanted = isResized ? (result.size ?? size) : world.size;
  tally.check(
    'S10',
    size === wanted,
    () => `The size is ${size} instead of ${wanted} after ${result.outcome}: ${result.reason}`,
  );
  tally.check('S10', present <= size, () => `${present} members are left of ${size}`);
}

function checkTruth(
  { world, tally }: EndCheck,
  { outcome, to, from, reason }: RolloutResult,
): void {
  const { cloud, zone, poolId } = world;
  const goal = outcome === 'rolled-back' ? from : to;
  const members = cloud.pools.members(poolId).filter(({ state }) => state !== 'destroying');
  const wrong = members.filter(({ templateId }) => templateId !== goal).length;
  const { size, templateId } = cloud.pools.get(zone, poolId);
  tally.check(
    'S12',
    wrong === 0 && templateId === goal && members.length <= size,
    () => `"${outcome}", but ${wrong} of ${members.length} members are wrong: ${reason}`,
  );
}

/** S13: whatever was said, to whomever. */
export function checkSecrets({ world, tally }: EndCheck, witnesses: readonly Witness[]): void {
  const { cloud, zone, poolId } = world;
  const { labels } = cloud.pools.get(zone, poolId);
  const said = JSON.stringify([labels, witnesses.map(({ events }) => events)]);
  const secrets = [canary, Buffer.from(canary).toString('base64')];
  tally.check(
    'S13',
    secrets.every((secret) => !said.includes(secret)),
    () => 'The user data is told',
  );
}
