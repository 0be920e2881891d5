import { drainWindowMs } from './drain-window.ts';
import { afterChange, beforeResize } from './memory.ts';
import { mutate, type Session } from './session.ts';
import type { Situation } from './situation.ts';
import { type ActionOf, failed, nowMs, on, type Step } from './step.ts';

export async function grow(
  session: Session,
  { memory, observation }: Situation,
  { size }: ActionOf<'grow'>,
): Promise<Step> {
  const before = beforeResize(memory, observation.size, size);
  const attempt = await mutate(session, 'grow', { size }, (options) =>
    session.pool.grow(size, options),
  );
  if (attempt.kind === 'done') return on(afterChange(before, nowMs(session)));
  if (attempt.reason === 'quota' || attempt.reason === 'capacity') {
    return on({ ...before, grantLimit: Math.floor((size - observation.size) / 2) });
  }
  if (attempt.reason === 'gone' || attempt.reason === 'invalid') {
    return on({ ...before, refusal: `No member can be created: ${attempt.message}` });
  }
  return failed(session, before, attempt);
}

export async function drain(
  session: Session,
  { memory, observation }: Situation,
  { ids }: ActionOf<'drain'>,
): Promise<Step> {
  const { timeoutMs, onFailure } = session.spec.drain;
  const windowMs = drainWindowMs(observation.balancers, session.spec.drain);
  const members = new Map(observation.members.map((member) => [member.id, member]));
  const drained = new Map(memory.drained);
  const drainOrders = new Map(memory.drainOrders);
  let drainFailure: string | undefined;
  const drainOne = async (id: string): Promise<void> => {
    const member = members.get(id);
    if (member === undefined) return;
    session.emit({ type: 'drain-start', member: id, windowMs });
    const attempt = await mutate(
      session,
      'drain',
      { members: [id] },
      async (options) => session.pool.drain?.(member, options),
      { timeoutMs },
    );
    if (attempt.kind === 'failed' && attempt.reason !== 'gone') {
      session.emit({
        type: 'warning-raised',
        code: 'drain-failed',
        message: `Member "${id}" could not be drained: ${attempt.message}`,
      });
      if (onFailure === 'stop') {
        drainFailure = `"${id}": ${attempt.message}`;
        return;
      }
    }
    drained.set(id, nowMs(session));
    drainOrders.set(id, (drainOrders.get(id) ?? 0) + 1);
  };
  await Promise.all(ids.map(drainOne));
  session.draining = [...drained.keys()];
  return on({ ...memory, drained, drainOrders, drainFailure, progressMs: nowMs(session) });
}

export async function evict(
  session: Session,
  { memory, observation }: Situation,
  { ids }: ActionOf<'evict'>,
): Promise<Step> {
  for (const member of ids.filter((id) => memory.drained.has(id))) {
    session.emit({
      type: 'drain-end',
      member,
      windowMs: nowMs(session) - (memory.drained.get(member) ?? 0),
    });
  }
  const before = beforeResize(memory, observation.size, observation.size - ids.length);
  const attempt = await mutate(session, 'evict', { members: ids }, (options) =>
    session.pool.evict(ids, options),
  );
  // Even a failed call may have removed them; a member that is still there is not counted in the end.
  for (const id of ids) session.replaced.add(id);
  if (attempt.kind === 'done') return on(afterChange(before, nowMs(session)));
  const isStopping = observation.members.some(
    ({ id, state }) => state === 'stopping' && ids.includes(id),
  );
  return attempt.reason === 'busy' && isStopping && !memory.awaitsStop
    ? on({ ...before, awaitsStop: true })
    : failed(session, before, attempt);
}
