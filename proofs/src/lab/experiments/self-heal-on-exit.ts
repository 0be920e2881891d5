import type { Switches } from '@exoship/sandbox';
import { type Experiment, unobservable } from '../experiment.ts';
import { watchReplacement } from './watch-replacement.ts';

/** The guest powers itself off; its replacements do the same, until the pool is deleted. */
export const selfHealOnExit: Experiment<Switches['selfHealOnExit']> = {
  name: 'self-heal-on-exit',
  question: 'Does a pool replace a member whose guest powered itself off?',
  needs: () => ({ instances: 3, atOnce: 2, balancers: 0, minutes: 30 }),
  async run(lab) {
    const poolId = await lab.createPool({ size: 1, guest: 'mortal', isAwaited: false });
    const first = await lab.expect('a member', async () => (await lab.members(poolId))[0]);
    await lab.expect('the member to run', async () => {
      const now = (await lab.members(poolId)).find(({ id }) => id === first.id);
      return now?.state === 'starting' ? undefined : true;
    });
    const off = await lab.look(async () => {
      const now = (await lab.members(poolId)).find(({ id }) => id === first.id);
      return now?.state === 'running' ? undefined : (now?.state ?? 'gone');
    });
    if (off === undefined) return unobservable('The API never showed that the guest was off');
    lab.note(`the guest powered itself off, and the API shows it as ${off}`);
    lab.charge(2);
    return await watchReplacement(lab, poolId, [first.id]);
  },
};
