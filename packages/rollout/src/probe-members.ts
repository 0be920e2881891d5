import { bounded } from './bounded.ts';
import type { Health, ProbeResult } from './health.ts';
import type { Memory } from './memory.ts';
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

export async function probeAll(
  session: Session,
  members: readonly Member[],
): Promise<ReadonlyMap<string, ProbeResult>> {
  return new Map(
    await Promise.all(
      members.map(async (member) => [member.id, await probeOne(session, member)] as const),
    ),
  );
}

async function probeOne(session: Session, member: Member): Promise<ProbeResult> {
  const { clock, gate, probe, signal } = session.spec;
  const result = await bounded(clock, gate.probeTimeoutMs, signal, (inner) =>
    probe(member, { signal: inner }),
  ).catch((error: unknown) => {
    signal?.throwIfAborted();
    return { passed: false, detail: messageOf(error) };
  });
  const type = result.passed ? 'probe-passed' : 'probe-failed';
  session.emit({ type, member: member.id, detail: result.detail });
  return result;
}
