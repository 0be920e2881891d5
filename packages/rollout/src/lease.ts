import { bounded } from './bounded.ts';
import { fingerprint } from './fingerprint.ts';
import type { Mandate } from './mandate.ts';
import type { Observation } from './pool.ts';
import { decodeLedger, encodeLedger, type Ledger, type RolloutRecord } from './record.ts';
import { mutate, type Session } from './session.ts';

export type End = Extract<Mandate, { kind: 'end' }>;

/** Whose lease is alive. */
export interface Holder {
  readonly owner: string;
  readonly until: Date;
}

export function liveHolder(
  { spec, me }: Session,
  active: RolloutRecord | undefined,
): Holder | undefined {
  if (active?.owner === undefined || active.until === undefined || active.owner === me)
    return undefined;
  return active.until > spec.clock.now() ? { owner: active.owner, until: active.until } : undefined;
}

/** Nobody asks for that long: clocks differ, or somebody else has written the label. It is not worth waiting for. */
const LONGEST_LEASE_MS = 24 * 3_600_000;

export function isAbsurd({ spec }: Session, { until }: Holder): boolean {
  return until.getTime() - spec.clock.now().getTime() > LONGEST_LEASE_MS;
}

export function locked(session: Session, holder: Holder, record: RolloutRecord | undefined): End {
  const { owner, until } = holder;
  const doubt = isAbsurd(session, holder)
    ? ', which no lease lasts: if nobody is at work, unlock the pool'
    : '';
  return {
    kind: 'end',
    outcome: 'locked',
    reason: `"${owner}" holds the lease until ${until.toISOString()}${doubt}`,
    record,
  };
}

/** The pool has been busy with something else for too long. */
export function restless(
  { spec }: Session,
  { statusDetail }: Observation,
  record: RolloutRecord | undefined,
): End {
  return {
    kind: 'end',
    outcome: 'refused',
    reason: `The pool has not come to rest within ${spec.progressDeadlineMs} ms: ${statusDetail}`,
    record,
  };
}

/** What is decided about the lease is told like every other decision. */
export function tell(
  session: Session,
  action: 'begin' | 'release' | 'hold' | 'finish',
  reason: string,
  on: Observation,
): void {
  session.emit({ type: 'decision-made', action, reason, observation: fingerprint(on) });
}

/** As good as empty when it cannot be read. */
export function ledgerOf(observation: Observation): Ledger {
  const ledger = decodeLedger(observation.annotations);
  return ledger.kind === 'readable' ? ledger : { active: undefined, last: undefined, rest: {} };
}

/** The record as it is left behind for whoever comes next. */
export function withoutLease(record: RolloutRecord, { size }: Observation): RolloutRecord {
  return { ...record, owner: undefined, until: undefined, settledSize: size };
}

/**
 * Gives the lease back in bounded time and on no signal of the caller's, who may be gone already. When the pool is not
 * at rest the lease is left to run out.
 */
export async function releaseLease(session: Session): Promise<boolean> {
  const { clock, releaseTimeoutMs } = session.spec;
  const release = async (signal: AbortSignal): Promise<boolean> => {
    for (;;) {
      session.counts.reads += 1;
      const observation = await session.pool.observe({ signal });
      const ledger = ledgerOf(observation);
      if (ledger.active?.owner !== session.me) return true;
      if (observation.status === 'steady') {
        const annotations = encodeLedger({
          ...ledger,
          active: withoutLease(ledger.active, observation),
        });
        tell(session, 'release', 'Give the lease back', observation);
        const settle = (options: object): Promise<void> =>
          session.pool.settle(annotations, options);
        const { kind } = await mutate(session, 'settle', {}, settle, { signal });
        if (kind === 'done') session.emit({ type: 'lease-released', owner: session.me });
        return kind === 'done';
      }
      await clock.sleep(Math.max(1, releaseTimeoutMs / 10), { signal });
    }
  };
  try {
    return await bounded(clock, releaseTimeoutMs, undefined, release);
  } catch {
    return false;
  }
}
