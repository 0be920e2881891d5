import type { Switches } from '@exoship/sandbox';
import { type Experiment, observed, unobservable } from '../experiment.ts';
import type { Lab } from '../lab.ts';

const most = 6;
const rounds = 2;

/** By age, 0 for the oldest: who went, and out of how many. */
interface Draw {
  readonly rank: number;
  readonly of: number;
}

/**
 * A pool grows one by one, so that every member has its own age, and shrinks one by one. A cloud that draws lots looks
 * as if it went by age in one of 6! cases, and twice in a row in one of 518 400.
 */
export const scaleDownVictims: Experiment<Switches['scaleDownVictims']> = {
  name: 'scale-down-victims',
  question: 'Which members does a shrinking scale delete?',
  needs: () => ({ instances: most + (most - 1), atOnce: most, balancers: 0, minutes: 40 }),
  async run(lab) {
    const poolId = await lab.createPool({ size: 1 });
    const draws: Draw[] = [];
    for (let round = 1; round <= rounds && isOpen(draws); round += 1) {
      const drawn = await drawAll(lab, poolId);
      if (drawn === undefined) return unobservable('Other members went than one at a time');
      draws.push(...drawn);
      lab.note(
        `round ${round}, by age: ${drawn.map(({ rank, of }) => `${rank + 1}/${of}`).join(' ')}`,
      );
    }
    const chance = draws.reduce((product, { of }) => product / of, 1);
    const samples = draws.length;
    if (isOldest(draws)) return observed('oldest', { samples, errorProbability: chance });
    if (isNewest(draws)) return observed('newest', { samples, errorProbability: chance });
    lab.note('"random" means: not by age; an order by something else is as bad for a client');
    return observed('random', { samples });
  },
};

function isOldest(draws: readonly Draw[]): boolean {
  return draws.every(({ rank }) => rank === 0);
}

function isNewest(draws: readonly Draw[]): boolean {
  return draws.every(({ rank, of }) => rank === of - 1);
}

/** More draws could still change what it looks like. */
function isOpen(draws: readonly Draw[]): boolean {
  return isOldest(draws) || isNewest(draws);
}

async function drawAll(lab: Lab, poolId: string): Promise<readonly Draw[] | undefined> {
  let ages = (await lab.rest(poolId)).map(({ id }) => id);
  while (ages.length < most) {
    await lab.scale(poolId, ages.length + 1);
    const present = (await lab.members(poolId)).map(({ id }) => id);
    ages = [...ages, ...present.filter((id) => !ages.includes(id))];
  }
  const draws: Draw[] = [];
  while (ages.length > 1) {
    const of = ages.length;
    await lab.scale(poolId, of - 1);
    const present = (await lab.members(poolId)).map(({ id }) => id);
    const left = ages.filter((id) => present.includes(id));
    if (left.length !== of - 1 || present.length !== left.length) return undefined;
    draws.push({ rank: ages.findIndex((id) => !left.includes(id)), of });
    ages = left;
  }
  return draws;
}
