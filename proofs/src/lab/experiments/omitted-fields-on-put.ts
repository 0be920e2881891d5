import type { Switches } from '@exoship/sandbox';
import { bareUpdate } from '../calls.ts';
import { type Experiment, observed } from '../experiment.ts';

/** A pool with a security group is sent a PUT that names its description only. */
export const omittedFieldsOnPut: Experiment<Switches['omittedFieldsOnPut']> = {
  name: 'omitted-fields-on-put',
  question: 'Does a PUT without a nullable field keep it or clear it?',
  needs: () => ({ instances: 1, atOnce: 1, balancers: 0, minutes: 15 }),
  async run(lab) {
    const { id: groupId } = await lab.exoscale.securityGroups.create(
      { name: `${lab.prefix}-group` },
      { signal: lab.signal },
    );
    const id = await lab.createPool({ size: 1, securityGroupIds: [groupId] });
    await lab.must(bareUpdate(id, { description: 'Says nothing of security groups' }));
    // What is cleared may show late: it is watched for a while before it counts as kept.
    const cleared = await lab.look(
      async () => ((await lab.pool(id)).securityGroupIds.length === 0 ? true : undefined),
      lab.pace.settleMs,
    );
    lab.note('asked with "security-groups"; the other nullable fields are taken to do the same');
    return observed(cleared === true ? 'clear' : 'keep');
  },
};
