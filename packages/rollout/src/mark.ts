import { fingerprint } from './fingerprint.ts';
import { withoutLease } from './lease.ts';
import type { Mandate } from './mandate.ts';
import { decodeLedger, encodeLedger } from './record.ts';
import type { Ending } from './result.ts';
import { mutate, observe, type Session } from './session.ts';

/** Writes one note for whoever works on the rollout next: paused, or no longer owned. */
export async function mark(
  session: Session,
  { record, outcome, reason }: Extract<Mandate, { kind: 'mark' }>,
): Promise<Ending> {
  const observation = await observe(session);
  const ledger = decodeLedger(observation.annotations);
  if (ledger.kind === 'unreadable' || ledger.active?.id !== record.id) {
    return {
      outcome: 'stuck',
      reason: `Rollout "${record.id}" is gone from the pool's annotations`,
    };
  }
  session.emit({
    type: 'decision-made',
    action: 'hold',
    reason,
    observation: fingerprint(observation),
  });
  const annotations = encodeLedger({ ...ledger, active: withoutLease(record, observation) });
  const attempt = await mutate(session, 'settle', {}, (options) =>
    session.pool.settle(annotations, options),
  );
  return attempt.kind === 'done'
    ? { outcome, reason }
    : { outcome: 'stuck', reason: `The note could not be written: ${attempt.message}` };
}
