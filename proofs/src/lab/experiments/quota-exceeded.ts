import type { Switches } from '@exoship/sandbox';
import { scaleTo } from '../calls.ts';
import { type Experiment, observed, unobservable } from '../experiment.ts';

/** First a growth that fits, so that a refusal is about the quota; then one by a single member more than there is room for. */
export const quotaExceeded: Experiment<Switches['quotaExceeded']> = {
  name: 'quota-exceeded',
  question: 'What answers a growth beyond the quota?',
  needs: ({ headroom, mostToFill }) => {
    if (headroom === Number.POSITIVE_INFINITY) {
      return unobservable('The account has no limit of instances');
    }
    if (headroom > mostToFill) {
      return unobservable(
        `Answering may take as many instances as there is room for, ${headroom}, and ${mostToFill} are allowed: raise --most-to-fill`,
      );
    }
    // The account may hold less by then than was counted: one for the cloud that grants it all.
    return { instances: headroom + 1, atOnce: headroom, balancers: 0, minutes: 45 };
  },
  async run(lab) {
    const poolId = await lab.createPool({ size: 1 });
    await lab.scale(poolId, 2);
    const { usage, limit } = await lab.exoscale.quotas.get('instance', { signal: lab.signal });
    const beyond = 2 + (limit - usage) + 1;
    lab.charge(beyond - 2);
    lab.note(`${usage} of ${limit} instances in use; growing from 2 to ${beyond}`);
    const begun = await lab.begin(scaleTo(poolId, beyond));
    if (begun.kind === 'refused') {
      lab.note(`answered ${begun.status}: ${begun.message}`);
      return observed('refuse');
    }
    const ended = await lab.end(begun);
    if (ended.kind === 'done') return unobservable('A growth beyond the quota was granted');
    lab.note(`${ended.message} (operation ${ended.operationId})`);
    const grown = await lab.look(
      async () => ((await lab.members(poolId)).length > 2 ? true : undefined),
      lab.pace.settleMs,
    );
    return observed(grown === true ? 'partial' : 'failure');
  },
};
