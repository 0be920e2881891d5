import type { Switches } from '@exoship/sandbox';
import { deleteOf } from '../calls.ts';
import { type Experiment, unobservable } from '../experiment.ts';
import { watchReplacement } from './watch-replacement.ts';

export const selfHealOnDelete: Experiment<Switches['selfHealOnDelete']> = {
  name: 'self-heal-on-delete',
  question: 'Does a pool replace a member that was deleted behind its back?',
  needs: () => ({ instances: 3, atOnce: 3, balancers: 0, minutes: 30 }),
  async run(lab) {
    const poolId = await lab.createPool({ size: 2 });
    const members = await lab.members(poolId);
    const deleted = await lab.attempt(deleteOf(members[0]?.id ?? ''));
    if (deleted.kind !== 'done') return unobservable(`A member is not deleted: ${deleted.message}`);
    lab.charge(1);
    const known = members.map(({ id }) => id);
    return await watchReplacement(lab, poolId, known);
  },
};
