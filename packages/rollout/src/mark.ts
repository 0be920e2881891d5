import { liveHolder, tell } from './lease.ts';
import { type Intent, isWhole, type Mandate, mandateOf, nothingToPause } from './mandate.ts';
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
      const after = await observe(session);
      if (isNoted(after, mandate)) return (await closeWhole(session, after)) ?? endingOf(mandate);
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
  tell(session, 'hold', reason, observation);
  // Not the size of now: a holder that lives may be changing it, and that is nobody else's doing.
  const active = { ...record, owner: undefined, until: undefined };
  const annotations = encodeLedger({ ...ledger, active });
  return mutate(session, 'settle', {}, (options) => session.pool.settle(annotations, options));
}

/** Also when somebody else has taken it up since, or the call only seemed to fail. */
function isNoted({ annotations }: Observation, { record }: Mark): boolean {
  const ledger = decodeLedger(annotations);
  const active = ledger.kind === 'readable' ? ledger.active : undefined;
  if (active?.id !== record.id) return false;
  const isFree = active.owner === undefined || active.owner !== record.owner;
  return isFree && active.hold === record.hold;
}

/** A pause that was written over the end of the rollout, because that came between the look and the note: say the end. */
async function closeWhole(session: Session, after: Observation): Promise<Ending | undefined> {
  const ledger = decodeLedger(after.annotations);
  if (ledger.kind === 'unreadable' || ledger.active?.hold !== 'paused') return undefined;
  const { active } = ledger;
  if (!isWhole(active, after)) return undefined;
  const reason = nothingToPause(active);
  tell(session, 'finish', reason, after);
  const outcome = active.phase === 'rolling-back' ? 'rolled-back' : 'completed';
  const { id, from, to } = active;
  const last = { outcome, id, from, to, endedAt: session.spec.clock.now() } as const;
  const annotations = encodeLedger({ ...ledger, active: undefined, last });
  const settle = (options: object): Promise<void> => session.pool.settle(annotations, options);
  const { kind } = await mutate(session, 'settle', {}, settle);
  return kind === 'done' ? { outcome: 'unchanged', reason } : undefined;
}
