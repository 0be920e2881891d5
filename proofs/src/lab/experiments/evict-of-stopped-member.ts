import type { Switches } from '@exoship/sandbox';
import type { Ended, Refused } from '../attempt.ts';
import { evictOf, stopOf } from '../calls.ts';
import { type Experiment, type Finding, observed, unobservable } from '../experiment.ts';
import type { Lab } from '../lab.ts';

type Answer = Finding<Switches['evictOfStoppedMember']>;

const tries = 3;

/**
 * Stops a member and evicts it at once, before the pool may have replaced it. A refusal counts only when the member is
 * still there and stopped after it, and a running member is evicted without further ado.
 */
export const evictOfStoppedMember: Experiment<Switches['evictOfStoppedMember']> = {
  name: 'evict-of-stopped-member',
  question: 'May a member that is not running be evicted?',
  needs: () => ({ instances: 3 + 2 * tries, atOnce: 5, balancers: 0, minutes: 45 }),
  async run(lab) {
    const poolId = await lab.createPool({ size: 3 });
    lab.charge(2 * tries);
    for (let count = 1; count <= tries; count += 1) {
      const tried = await tryOnce(lab, poolId);
      if (tried === undefined) continue;
      if (tried.kind === 'done') return observed('allowed');
      return await control(lab, poolId, tried);
    }
    return unobservable('The pool replaces stopped members before they can be evicted');
  },
};

async function tryOnce(lab: Lab, poolId: string): Promise<Ended | Refused | undefined> {
  const victim = (await lab.members(poolId)).find(({ state }) => state === 'running');
  if (victim === undefined) return undefined;
  const stateOf = async (): Promise<string | undefined> =>
    (await lab.members(poolId)).find(({ id }) => id === victim.id)?.state;
  const stopping = await lab.begin(stopOf(victim.id));
  if (stopping.kind === 'refused') return undefined;
  const off = await lab.expect('the member to stop', async () => {
    const state = (await stateOf()) ?? 'gone';
    return state === 'stopped' || state === 'gone' ? state : undefined;
  });
  if (off === 'gone') return undefined;
  const isResting = async (): Promise<boolean> => (await lab.pool(poolId)).state === 'running';
  const wasResting = await isResting();
  const evicted = await lab.attempt(evictOf(poolId, victim.id));
  const after = await stateOf();
  lab.note(
    `evict of a stopped member: ${evicted.kind}; after it, the member is ${after ?? 'gone'}`,
  );
  if (evicted.kind === 'done') return evicted;
  const isBusy = !wasResting || !(await isResting());
  return after === 'stopped' && !isBusy ? evicted : undefined;
}

/** Was it the stop that the cloud minded? */
async function control(lab: Lab, poolId: string, refused: Ended | Refused): Promise<Answer> {
  if (refused.kind === 'done') return observed('allowed');
  const evicted = await lab.look(async () => {
    const running = (await lab.members(poolId)).find(({ state }) => state === 'running');
    if (running === undefined) return undefined;
    const answer = await lab.attempt(evictOf(poolId, running.id));
    return answer.kind === 'done' ? answer : undefined;
  });
  if (evicted === undefined) return unobservable('Members that run are not evicted either');
  lab.note(`control: a running member is evicted (operation ${evicted.operationId})`);
  lab.note(refused.message);
  return observed('conflict');
}
