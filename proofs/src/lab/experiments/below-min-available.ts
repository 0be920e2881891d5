import type { Switches } from '@exoship/sandbox';
import { bareUpdate, evictOf } from '../calls.ts';
import { type Experiment, observed, unobservable } from '../experiment.ts';

/** A refusal counts only when the same member is evicted as soon as the pool asks for fewer. */
export const belowMinAvailable: Experiment<Switches['belowMinAvailable']> = {
  name: 'below-min-available',
  question: 'May an eviction leave fewer members running than min-available?',
  needs: () => ({ instances: 2, atOnce: 2, balancers: 0, minutes: 20 }),
  async run(lab) {
    const poolId = await lab.createPool({ size: 2, minAvailable: 2 });
    const [member] = await lab.members(poolId);
    if (member === undefined) return unobservable('The pool has no member');
    const evicted = await lab.attempt(evictOf(poolId, member.id));
    if (evicted.kind === 'done') return observed('allowed');
    lab.note(evicted.message);
    await lab.must(bareUpdate(poolId, { 'min-available': 1 }));
    await lab.must(evictOf(poolId, member.id));
    lab.note('control: with min-available 1 it is evicted');
    return observed('conflict');
  },
};
