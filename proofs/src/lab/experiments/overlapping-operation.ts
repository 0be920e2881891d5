import type { ApiCall } from '@exoship/exoscale-api';
import type { Switches } from '@exoship/sandbox';
import { bareUpdate, evictOf, scaleTo } from '../calls.ts';
import { type Experiment, observed, unobservable } from '../experiment.ts';
import type { Lab } from '../lab.ts';

type Answer = Switches['overlappingOperation'];

const tries = 3;

/**
 * Two kinds of change are sent to a pool that is growing, and once more while it rests. What counts is the answer to
 * one that was sent and answered while the pool was busy, and that goes well at rest.
 */
export const overlappingOperation: Experiment<Answer> = {
  name: 'overlapping-operation',
  question: 'What answers a change to a pool that is still busy with another?',
  needs: () => ({ instances: 2 + 4 * tries, atOnce: 3, balancers: 0, minutes: 60 }),
  async run(lab) {
    const poolId = await lab.createPool({ size: 2 });
    const update = async (): Promise<ApiCall> => bareUpdate(poolId, { description: 'Overlapping' });
    const evict = async (): Promise<ApiCall> => evictOf(poolId, await runningMember(lab, poolId));
    const answers: Answer[] = [];
    for (const [name, second] of Object.entries({ update, evict })) {
      const answer = await overlap(lab, poolId, second);
      if (answer === undefined) return unobservable(`No "${name}" met a busy pool`);
      lab.note(`"${name}" while a "scale" is under way: ${answer}`);
      await lab.scale(poolId, 2);
      await lab.must(await second());
      answers.push(answer);
    }
    const [first] = answers;
    if (first !== undefined && answers.every((one) => one === first)) {
      return observed(first, { samples: answers.length });
    }
    return unobservable(`It depends on the change: ${answers.join(', ')}`);
  },
};

async function runningMember(lab: Lab, poolId: string): Promise<string> {
  const running = (await lab.members(poolId)).find(({ state }) => state === 'running');
  return running?.id ?? '';
}

async function overlap(
  lab: Lab,
  poolId: string,
  second: () => Promise<ApiCall>,
): Promise<Answer | undefined> {
  for (let count = 1; count <= tries; count += 1) {
    await lab.scale(poolId, 2);
    const call = await second();
    lab.charge(1);
    const first = await lab.begin(scaleTo(poolId, 3));
    if (first.kind === 'refused') return undefined;
    const before = (await lab.pool(poolId)).state;
    const answer = await lab.begin(call);
    const after = (await lab.pool(poolId)).state;
    const ended = answer.kind === 'refused' ? answer : await lab.end(answer);
    await lab.end(first);
    await lab.rest(poolId);
    const isOverlap = before !== 'running' && after !== 'running';
    if (!isOverlap) continue;
    if (ended.kind === 'done') return 'queue';
    lab.note(ended.message);
    return ended.kind === 'failed' ? 'failure' : 'conflict';
  }
  return undefined;
}
