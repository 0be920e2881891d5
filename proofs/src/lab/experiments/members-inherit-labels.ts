import type { Switches } from '@exoship/sandbox';
import { type Experiment, observed, unobservable } from '../experiment.ts';

export const membersInheritLabels: Experiment<Switches['membersInheritLabels']> = {
  name: 'members-inherit-labels',
  question: 'Do members carry the labels of their pool?',
  needs: () => ({ instances: 1, atOnce: 1, balancers: 0, minutes: 15 }),
  async run(lab) {
    const id = await lab.createPool({ size: 1, labels: { inherited: 'yes' } });
    const [member] = await lab.members(id);
    if (member === undefined) return unobservable('The pool has no member');
    const { labels } = await lab.exoscale.instances.get(member.id, { signal: lab.signal });
    lab.note(`labels of the member: ${Object.keys(labels).toSorted().join(', ') || 'none'}`);
    return observed(labels.inherited === 'yes');
  },
};
