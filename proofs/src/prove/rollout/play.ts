import type { RolloutResult } from '@exoship/rollout';
import { createWorld } from '../../simulation/world.ts';
import { checkEnd, checkSecrets, type EndCheck, ends } from './check-end.ts';
import { type Controller, type Sabotage, startController, type Theatre } from './controller.ts';
import { disturb } from './disturb.ts';
import { createMonitor } from './monitor.ts';
import type { Death } from './mortal.ts';
import { behaviourOf, type Scenario } from './scenario.ts';
import type { Tally } from './tally.ts';
import { watchClients } from './watch-clients.ts';

export interface PlayOptions {
  /** When controllers die, one after the other; a fresh one takes over each time. */
  readonly deaths?: readonly Death[] | undefined;
  readonly sabotage?: Sabotage | undefined;
}

export interface Played {
  readonly result: RolloutResult;
  /** Requests of the first controller. */
  readonly calls: number;
  /** Which of them were to change something. */
  readonly mutations: readonly number[];
  /** What each controller said last. */
  readonly story: string;
}

/** A day in the cloud's time: no rollout here takes longer, whatever happens to it. */
const longestMs = 24 * 3_600_000;
/** A planted bug has shown by then, or never will. */
const longestSabotageMs = 3_600_000;
const takeOverMs = 3_000;

/** One scenario, from the first controller until an end is reached, under watch all the time. */
export async function play(
  scenario: Scenario,
  tally: Tally,
  { deaths = [], sabotage }: PlayOptions = {},
): Promise<Played> {
  const { seed, size, quota, switches, minAvailable } = scenario;
  const release = behaviourOf(scenario.release);
  const cloud = { seed, size, quota, minAvailable, release, switches };
  const world = await createWorld({ ...cloud, bootMedianMs: 20_000 });
  const clients = watchClients(world, scenario, tally);
  const monitor = createMonitor(world, scenario, tally, clients.prove);
  const theatre: Theatre = { world, scenario, monitor, sabotage, isCalm: false, started: 0 };
  const check: EndCheck = {
    before: world.cloud.pools.get(world.zone, world.poolId),
    world,
    scenario,
    tally,
  };
  disturb(world, scenario.disturbances);
  const { first, results } = await world.time.drive(perform(theatre, deaths), longestOf(theatre));
  theatre.isCalm = true;
  const last = await arrive(theatre, results.at(-1));
  const story = [...results, last]
    .map(({ outcome, reason }) => `${outcome}: ${reason}`)
    .join(' | ');
  tally.check('L1', isEnd(last), () => `No end is reached: ${story}`);
  if (isEnd(last)) {
    await world.time.advance(30_000);
    checkEnd(check, last);
    await checkRepeat(theatre, tally, last);
  }
  clients.check();
  checkSecrets(check, monitor.witnesses);
  world.cloud.close();
  const { mutations } = first.mortal;
  return { result: last, calls: first.mortal.calls(), mutations, story };
}

function longestOf({ sabotage }: Theatre): number {
  return sabotage === undefined ? longestMs : longestSabotageMs;
}

/** The controllers that die, then the first that lives, and its rival. */
async function perform(
  theatre: Theatre,
  deaths: readonly Death[],
): Promise<{ readonly first: Controller; readonly results: readonly RolloutResult[] }> {
  const { world, scenario } = theatre;
  const wants = { template: world.to };
  for (const death of deaths) {
    const { mortal, result } = startController(theatre, wants, { isExclusive: true, death });
    // It may reach its end before its death.
    await Promise.race([mortal.died, result]);
    await world.time.clock.sleep(takeOverMs);
  }
  const isExclusive = scenario.rival === undefined;
  const first = startController(theatre, wants, { isExclusive });
  const rival = await startRival(theatre);
  const results = await Promise.all([first, ...rival].map(async ({ result }) => result));
  return { first, results };
}

async function startRival(theatre: Theatre): Promise<readonly Controller[]> {
  const { world, scenario } = theatre;
  if (scenario.rival === undefined) return [];
  const { atMs, wants } = scenario.rival;
  await world.time.clock.sleep(atMs);
  if (wants === 'abort')
    return [startController(theatre, { control: 'abort' }, { isExclusive: false })];
  const template = wants === 'same' ? world.to : world.third;
  return [startController(theatre, { template }, { isExclusive: false })];
}

/** An abort that came when nothing was under way says nothing about the pool. */
function isEnd({ outcome, to }: RolloutResult): boolean {
  return ends.includes(outcome) && to !== undefined;
}

function goalOf(result: RolloutResult | undefined): string | undefined {
  return result?.outcome === 'rolled-back' ? result.from : result?.to;
}

const mostAttempts = 5;

/** Once everything is well again: whatever it takes a person to bring the pool to an end. */
async function arrive(theatre: Theatre, last: RolloutResult | undefined): Promise<RolloutResult> {
  const { world, scenario } = theatre;
  // What somebody else did last may have come after the end.
  const isOverdue = scenario.disturbances.length > 0;
  if (isOverdue) await world.time.advance(240_000);
  let result = last;
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    if (result !== undefined && isEnd(result) && !(isOverdue && attempt === 0)) return result;
    await repair(theatre);
    // Where the way back leads to a release that has gone bad meanwhile, only another one helps.
    const goal = attempt < 2 ? goalOf(result) : world.from;
    const wants =
      result?.outcome === 'paused'
        ? ({ control: 'resume' } as const)
        : { template: goal ?? world.to };
    const { result: next } = startController(theatre, wants, { isExclusive: true });
    result = await world.time.drive(next, longestOf(theatre));
  }
  return result as RolloutResult;
}

/** What only a person can do: room for one more, and the members that a pool which does not heal itself owes. */
async function repair({ world, scenario }: Theatre): Promise<void> {
  const { cloud, time, zone, poolId } = world;
  const isAtRest = (): boolean => cloud.pools.get(zone, poolId).state === 'running';
  await time.runUntil(isAtRest, 60_000);
  const { size } = cloud.pools.get(zone, poolId);
  cloud.quotas.setLimit('instance', Math.max(scenario.quota, size + 1));
  if (!isAtRest() || cloud.pools.members(poolId).length >= size) return;
  cloud.pools.scale(zone, poolId, size);
  await time.advance(60_000);
}

/** L4: what is finished stays as it is. */
async function checkRepeat(theatre: Theatre, tally: Tally, last: RolloutResult): Promise<void> {
  const { world } = theatre;
  const template = goalOf(last) ?? world.to;
  const { result } = startController(theatre, { template }, { isExclusive: true });
  const again = await world.time.drive(result, longestOf(theatre));
  tally.check(
    'L4',
    again.outcome === 'unchanged' && again.mutations === 0,
    () =>
      `Run again after ${last.outcome}: ${again.outcome}, ${again.mutations} changes: ${again.reason}`,
  );
}
