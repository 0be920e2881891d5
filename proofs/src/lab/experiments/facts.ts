import { bareUpdate } from '../calls.ts';
import { type Experiment, observed, unobservable } from '../experiment.ts';

/** Questions that no switch stands for: what the sandbox does is written down, and the answer may contradict it. */
export const factExperiments: {
  readonly templateChange: Experiment<'kept' | 'replaced'>;
  readonly antiAffinityExhausted: Experiment<never>;
} = {
  templateChange: {
    name: 'template-change',
    question: 'Does a PUT with another template touch the members that are there?',
    needs: () => ({ instances: 3, atOnce: 3, balancers: 0, minutes: 30 }),
    async run(lab) {
      const poolId = await lab.createPool({ size: 1 });
      const [member] = await lab.members(poolId);
      const template = { id: lab.guest('other').templateId };
      await lab.must(bareUpdate(poolId, { template }));
      lab.charge(2);
      const touched = await lab.look(async () => {
        const members = await lab.members(poolId);
        const isKept = members.length === 1 && members[0]?.id === member?.id;
        return isKept && members[0]?.templateId !== template.id ? undefined : true;
      }, lab.pace.watchMs);
      return observed(touched === true ? 'replaced' : 'kept');
    },
  },
  antiAffinityExhausted: {
    name: 'anti-affinity-exhausted',
    question: 'What answers a growth that an anti-affinity group has no host for?',
    needs: () => unobservable('It takes more instances than the zone has hosts'),
    run: async () => unobservable('It takes more instances than the zone has hosts'),
  },
};
