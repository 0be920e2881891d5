import type { Switches } from '@exoship/sandbox';
import { evictOf, stopOf } from '../calls.ts';
import { type Experiment, type Finding, observed, unobservable } from '../experiment.ts';
import type { Lab } from '../lab.ts';

type Answer = Finding<Switches['evictOfStoppedMember']>;

const tries = 4;

/** How one try ended; `overtaken`: the eviction was let in, but the pool had replaced the member before it took effect. */
type Tried =
  | { readonly kind: 'evicted' | 'overtaken' }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Stops a member and evicts it at once, before the pool may have replaced it. A refusal counts only when the member is
 * still there and stopped after it, the pool was at rest, and a running member is evicted without further ado.
 */
export const evictOfStoppedMember: Experiment<Switches['evictOfStoppedMember']> = {
  name: 'evict-of-stopped-member',
  question: 'May a member that is not running be evicted?',
  needs: () => ({ instances: 3 + 2 * tries, atOnce: 5, balancers: 0, minutes: 60 }),
  async run(lab) {
    const poolId = await lab.createPool({ size: 3 });
    lab.charge(2 * tries);
    let overtaken = 0;
    for (let count = 1; count <= tries; count += 1) {
      const tried = await tryOnce(lab, poolId);
      if (tried?.kind === 'evicted') return observed('allowed');
      if (tried?.kind === 'refused') return await control(lab, poolId, tried.why);
      if (tried?.kind === 'overtaken') overtaken += 1;
    }
    if (overtaken < 2) return unobservable('The pool replaces stopped members too soon to tell');
    lab.note(
      'never refused: let in while the member was stopped, and overtaken by its replacement',
    );
    return observed('allowed', { samples: overtaken });
  },
};

async function tryOnce(lab: Lab, poolId: string): Promise<Tried | undefined> {
  const victim = (await lab.members(poolId)).find(({ state }) => state === 'running');
  if (victim === undefined || !(await stopNow(lab, poolId, victim.id))) return undefined;
  const wasResting = await isResting(lab, poolId);
  const begun = await lab.begin(evictOf(poolId, victim.id));
  const meanwhile = await stateOf(lab, poolId, victim.id);
  const ended = begun.kind === 'refused' ? begun : await lab.end(begun);
  const after = await stateOf(lab, poolId, victim.id);
  lab.note(
    `evict of a stopped member: ${begun.kind}, then ${ended.kind}; after it, the member is ${after}`,
  );
  if (ended.kind === 'done') return { kind: 'evicted' };
  if (after === 'stopped') {
    const isClear = wasResting && (await isResting(lab, poolId));
    return isClear ? { kind: 'refused', why: ended.message } : undefined;
  }
  const isOvertaken = ended.kind === 'failed' && ended.reason === 'not-found';
  return isOvertaken && meanwhile === 'stopped' ? { kind: 'overtaken' } : undefined;
}

/** Whether it could be seen stopped. */
async function stopNow(lab: Lab, poolId: string, id: string): Promise<boolean> {
  const stopping = await lab.begin(stopOf(id));
  if (stopping.kind === 'refused') return false;
  const off = await lab.expect('the member to stop', async () => {
    const state = await stateOf(lab, poolId, id);
    return state === 'stopped' || state === 'gone' ? state : undefined;
  });
  return off === 'stopped';
}

async function stateOf(lab: Lab, poolId: string, id: string): Promise<string> {
  return (await lab.members(poolId)).find((member) => member.id === id)?.state ?? 'gone';
}

async function isResting(lab: Lab, poolId: string): Promise<boolean> {
  return (await lab.pool(poolId)).state === 'running';
}

/** Was it the stop that the cloud minded? */
async function control(lab: Lab, poolId: string, why: string): Promise<Answer> {
  const evicted = await lab.look(async () => {
    const running = (await lab.members(poolId)).find(({ state }) => state === 'running');
    if (running === undefined) return undefined;
    const answer = await lab.attempt(evictOf(poolId, running.id));
    return answer.kind === 'done' ? answer : undefined;
  });
  if (evicted === undefined) return unobservable('Members that run are not evicted either');
  lab.note(`control: a running member is evicted (operation ${evicted.operationId})`);
  lab.note(why);
  return observed('conflict');
}
