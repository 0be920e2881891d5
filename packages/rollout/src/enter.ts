import { isAbsurd, liveHolder, locked, restless } from './lease.ts';
import { type Intent, type Mandate, mandateOf, type Target } from './mandate.ts';
import type { Observation } from './pool.ts';
import { decodeLedger, type RolloutRecord } from './record.ts';
import { observe, type Session } from './session.ts';

/** A way in, or the reason why there is none. */
export type Entry =
  | Exclude<Mandate, { kind: 'work' }>
  | {
      readonly kind: 'work';
      readonly record: RolloutRecord;
      readonly isResumed: boolean;
      readonly observation: Observation;
    };

/** Who waits for a lease looks so often whether it was given back. */
const LEASE_LOOK_MS = 15_000;

/** What the pool would have us do, once nobody else's lease is alive and the pool is at rest. */
export async function enter(
  session: Session,
  intent: Intent,
  target: Target | undefined,
): Promise<Entry> {
  const { clock, gate, progressDeadlineMs, exclusive, signal } = session.spec;
  const restDeadlineMs = clock.monotonicMs() + progressDeadlineMs;
  let patienceAt: Date | undefined;
  for (;;) {
    const observation = await observe(session);
    const ledger = decodeLedger(observation.annotations);
    const mandate = mandateOf(intent, target, ledger, observation);
    if (mandate.kind === 'end' || ledger.kind === 'unreadable') return mandate as Entry;
    const holder =
      exclusive || intent === 'unlock' ? undefined : liveHolder(session, ledger.active);
    if (holder !== undefined) {
      if (patienceAt === undefined && !isAbsurd(session, holder)) {
        patienceAt = holder.until;
        session.emit({ type: 'lease-awaited', ...holder });
      }
      const leftMs = (patienceAt?.getTime() ?? 0) - clock.now().getTime();
      if (leftMs <= 0) return locked(session, holder, ledger.active);
      await clock.sleep(Math.min(leftMs + 1, LEASE_LOOK_MS), { signal });
      continue;
    }
    if (observation.status === 'steady')
      return mandate.kind === 'work' ? { ...mandate, observation } : mandate;
    if (clock.monotonicMs() >= restDeadlineMs) return restless(session, observation, ledger.active);
    await clock.sleep(gate.intervalMs, { signal });
  }
}
