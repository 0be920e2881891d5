import type { Played } from './play.ts';
import type { Scenario } from './scenario.ts';
import type { Tally } from './tally.ts';

/** L3 and L5: the same end as without a crash. */
export function expectEnd({ release }: Scenario): (played: Played, tally: Tally) => void {
  const wanted = release === 'never-healthy' ? ['rolled-back'] : ['completed', 'unchanged'];
  return ({ result, story }, tally) => {
    const isSame = wanted.includes(result.outcome);
    tally.check('L3', isSame, () => `${wanted.join(' or ')} was to come: ${story}`);
    if (release === 'never-healthy') tally.check('L5', isSame, () => `Not rolled back: ${story}`);
  };
}
