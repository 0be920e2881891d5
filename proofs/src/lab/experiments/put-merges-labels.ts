import type { Switches } from '@exoship/sandbox';
import { bareUpdate } from '../calls.ts';
import { type Experiment, observed, unobservable } from '../experiment.ts';

/** One label is left out of a PUT that names another. */
export const putMergesLabels: Experiment<Switches['putMergesLabels']> = {
  name: 'put-merges-labels',
  question: 'Do the labels of a PUT replace all labels, or only those that they name?',
  needs: () => ({ instances: 1, atOnce: 1, balancers: 0, minutes: 15 }),
  async run(lab) {
    const id = await lab.createPool({ size: 1, labels: { 'left-out': 'before' } });
    const { 'left-out': _, ...labels } = (await lab.pool(id)).labels;
    await lab.must(bareUpdate(id, { labels: { ...labels, named: 'after' } }));
    const after = await lab.expect('the new label to show', async () => {
      const { labels: now } = await lab.pool(id);
      return now.named === 'after' ? now : undefined;
    });
    lab.note(`labels after the PUT: ${Object.keys(after).toSorted().join(', ')}`);
    const leftOut = after['left-out'];
    if (leftOut === undefined) return observed('replace');
    return leftOut === 'before' ? observed('merge') : unobservable('The label has a third value');
  },
};
