import type { Switches } from '@exoship/sandbox';
import { evictOf, protectionOf } from '../calls.ts';
import { type Experiment, observed, unobservable } from '../experiment.ts';

/** A refusal counts only when the same member is evicted as soon as its protection is gone. */
export const evictOfProtectedMember: Experiment<Switches['evictOfProtectedMember']> = {
  name: 'evict-of-protected-member',
  question: 'May a member that is protected be evicted?',
  needs: () => ({ instances: 2, atOnce: 2, balancers: 0, minutes: 20 }),
  async run(lab) {
    const poolId = await lab.createPool({ size: 2 });
    const [member] = await lab.members(poolId);
    if (member === undefined) return unobservable('The pool has no member');
    await lab.must(protectionOf(member.id, 'add'));
    const evicted = await lab.attempt(evictOf(poolId, member.id));
    if (evicted.kind === 'done') return observed('allowed');
    lab.note(evicted.message);
    await lab.must(protectionOf(member.id, 'remove'));
    await lab.must(evictOf(poolId, member.id));
    lab.note('control: without its protection it is evicted');
    return observed('conflict');
  },
};
