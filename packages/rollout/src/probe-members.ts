import { bounded } from './bounded.ts';
import type { Health, ProbeResult } from './health.ts';
import type { Memory } from './memory.ts';
import type { Probe } from './options.ts';
import type { Member, Observation } from './pool.ts';
import { messageOf, type Session } from './session.ts';

/** Probes every running member whose last probe is an interval ago; the drained ones are meant to fail. */
export function probeDue(
  session: Session,
  observation: Observation,
  health: Health,
  memory: Memory,
): Promise<ReadonlyMap<string, ProbeResult>> {
  const { clock, gate } = session.spec;
  const dueMs = clock.monotonicMs() - gate.intervalMs;
  const isDue = ({ id, state }: Member): boolean => {
    const probedMs = health.get(id)?.probedMs;
    return (
      state === 'running' &&
      !memory.drained.has(id) &&
      (probedMs === undefined || probedMs <= dueMs)
    );
  };
  return probeAll(session, observation.members.filter(isDue));
}

/** All at once, within one time limit: a member that has not answered by then has not passed. */
export async function probeAll(
  session: Session,
  members: readonly Member[],
): Promise<ReadonlyMap<string, ProbeResult>> {
  const results = new Map<string, ProbeResult>();
  if (members.length === 0) return results;
  const { clock, gate, probe, signal } = session.spec;
  const note = (member: Member, result: ProbeResult): void => {
    results.set(member.id, result);
    const type = result.passed ? 'probe-passed' : 'probe-failed';
    session.emit({ type, member: member.id, detail: result.detail });
  };
  const probeOne = async (member: Member, inner: AbortSignal): Promise<void> => {
    const result = await ask(probe, member, inner);
    if (!inner.aborted) note(member, result);
  };
  const late = await bounded(clock, gate.probeTimeoutMs, signal, async (inner) => {
    await Promise.all(members.map((member) => probeOne(member, inner)));
  }).catch(messageOf);
  signal?.throwIfAborted();
  for (const member of members) {
    if (!results.has(member.id)) note(member, { passed: false, detail: late ?? 'no answer' });
  }
  return results;
}

async function ask(probe: Probe, member: Member, signal: AbortSignal): Promise<ProbeResult> {
  try {
    return await probe(member, { signal });
  } catch (error) {
    return { passed: false, detail: messageOf(error) };
  }
}
