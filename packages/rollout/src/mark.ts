import { fingerprint } from './fingerprint.ts';
import { liveHolder } from './lease.ts';
import { type Intent, type Mandate, mandateOf } from './mandate.ts';
import type { Observation, PoolFault } from './pool.ts';
import { decodeLedger, encodeLedger, type Ledger } from './record.ts';
import type { Ending } from './result.ts';
import { type Attempt, backoffMs, mutate, observe, type Session } from './session.ts';

const FINAL: readonly PoolFault['reason'][] = ['forbidden', 'gone', 'invalid'];

type Mark = Extract<Mandate, { kind: 'mark' }>;

/**
 * Writes one note for whoever works on the rollout next: paused, or no longer owned. Each try starts from a fresh look,
 * because whoever is at work until he reads the note may have changed the pool, or written over it.
 */
export async function mark(session: Session, intent: Intent): Promise<Ending> {
  const { clock, gate, leaseSettleMs, progressDeadlineMs, signal } = session.spec;
  const deadlineMs = clock.monotonicMs() + progressDeadlineMs;
  let failure = 'it was written over';
  let isHopeless = false;
  for (let attempt = 0; ; attempt += 1) {
    const observation = await observe(session);
    const ledger = decodeLedger(observation.annotations);
    const mandate = mandateOf(intent, undefined, ledger, observation);
    if (mandate.kind !== 'mark' || ledger.kind === 'unreadable') return endingOf(mandate);
    if (observation.status === 'steady') {
      const holder = liveHolder(session, ledger.active);
      const written = await note(session, mandate, ledger, observation);
      if (written.kind === 'failed') failure = written.message;
      isHopeless = written.kind === 'failed' && FINAL.includes(written.reason);
      // A call of a holder that lives may be on its way, with what he saw before.
      if (holder !== undefined) await clock.sleep(leaseSettleMs, { signal });
      if (await isNoted(session, mandate)) return endingOf(mandate);
    }
    if (isHopeless || clock.monotonicMs() >= deadlineMs) {
      return { outcome: 'stuck', reason: `The note could not be written: ${failure}` };
    }
    await clock.sleep(backoffMs(gate.intervalMs, attempt), { signal });
  }
}

function endingOf(mandate: Mandate): Ending {
  if (mandate.kind === 'work')
    return { outcome: 'stuck', reason: 'There is more to do than a note' };
  const { outcome, reason } = mandate;
  return { outcome, reason };
}

function note(
  session: Session,
  { record, reason }: Mark,
  ledger: Ledger,
  observation: Observation,
): Promise<Attempt> {
  session.emit({
    type: 'decision-made',
    action: 'hold',
    reason,
    observation: fingerprint(observation),
  });
  // Not the size of now: a holder that lives may be changing it, and that is nobody else's doing.
  const active = { ...record, owner: undefined, until: undefined };
  const annotations = encodeLedger({ ...ledger, active });
  return mutate(session, 'settle', {}, (options) => session.pool.settle(annotations, options));
}

/** Also when somebody else has taken it up since, or the call only seemed to fail. */
async function isNoted(session: Session, { record }: Mark): Promise<boolean> {
  const { annotations } = await observe(session);
  const ledger = decodeLedger(annotations);
  const active = ledger.kind === 'readable' ? ledger.active : undefined;
  if (active?.id !== record.id) return false;
  const isFree = active.owner === undefined || active.owner !== record.owner;
  return isFree && active.hold === record.hold;
}
