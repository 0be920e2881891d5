import type { Switches } from '@exoship/sandbox';
import { stopOf } from '../calls.ts';
import { type Experiment, unobservable } from '../experiment.ts';
import { watchReplacement } from './watch-replacement.ts';

export const selfHealOnStop: Experiment<Switches['selfHealOnStop']> = {
  name: 'self-heal-on-stop',
  question: 'Does a pool replace a member that was stopped through the API?',
  needs: () => ({ instances: 3, atOnce: 3, balancers: 0, minutes: 30 }),
  async run(lab) {
    const poolId = await lab.createPool({ size: 2 });
    const members = await lab.members(poolId);
    const stopped = await lab.attempt(stopOf(members[0]?.id ?? ''));
    if (stopped.kind !== 'done') return unobservable(`A member is not stopped: ${stopped.message}`);
    lab.charge(1);
    const known = members.map(({ id }) => id);
    return await watchReplacement(lab, poolId, known);
  },
};
