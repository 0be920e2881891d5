import { bounded } from './bounded.ts';
import { fingerprint } from './fingerprint.ts';
import { type Intent, type Mandate, mandateOf, type Target } from './mandate.ts';
import type { Observation } from './pool.ts';
import { decodeLedger, encodeLedger, goalOf, type Ledger, type RolloutRecord } from './record.ts';
import { type Attempt, backoffMs, mutate, observe, type Session } from './session.ts';
import type { Outcome } from './situation.ts';

/** A way in, or the reason why there is none. */
export type Entry =
  | Exclude<Mandate, { kind: 'work' }>
  | {
      readonly kind: 'work';
      readonly record: RolloutRecord;
      readonly isResumed: boolean;
      readonly observation: Observation;
    };

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
      patienceAt ??= holder.until;
      if (clock.now() >= patienceAt) return { ...locked(holder), record: ledger.active };
      session.emit({ type: 'lease-awaited', ...holder });
      await clock.sleep(Math.max(1, patienceAt.getTime() - clock.now().getTime() + 1), { signal });
      continue;
    }
    if (observation.status === 'steady')
      return mandate.kind === 'work' ? { ...mandate, observation } : mandate;
    if (clock.monotonicMs() >= restDeadlineMs) {
      return {
        kind: 'end',
        outcome: 'refused',
        reason: `The pool has not come to rest within ${progressDeadlineMs} ms: ${observation.statusDetail}`,
        record: ledger.active,
      };
    }
    await clock.sleep(gate.intervalMs, { signal });
  }
}

interface Holder {
  readonly owner: string;
  readonly until: Date;
}

function liveHolder({ spec, me }: Session, active: RolloutRecord | undefined): Holder | undefined {
  if (active?.owner === undefined || active.until === undefined || active.owner === me)
    return undefined;
  return active.until > spec.clock.now() ? { owner: active.owner, until: active.until } : undefined;
}

function locked({ owner, until }: Holder): { kind: 'end'; outcome: Outcome; reason: string } {
  return {
    kind: 'end',
    outcome: 'locked',
    reason: `"${owner}" holds the lease until ${until.toISOString()}`,
  };
}

/**
 * Writes the record with our name in it, waits, and believes it only if it is still ours then. For a new rollout this is
 * also what sets the template: before this one write nothing has happened, after it everything can be resumed.
 */
export async function takeLease(
  session: Session,
  wanted: RolloutRecord,
  first: Observation,
): Promise<Observation | Extract<Mandate, { kind: 'end' }>> {
  const { clock, gate, leaseSettleMs, exclusive, progressDeadlineMs, signal } = session.spec;
  const deadlineMs = clock.monotonicMs() + progressDeadlineMs;
  let observation = first;
  for (let attempt = 0; ; attempt += 1) {
    const previous = ledgerOf(observation);
    const record = lease(session, wanted);
    const written = await write(session, observation, { ...previous, active: record });
    if (!exclusive) await clock.sleep(leaseSettleMs, { signal });
    observation = await observe(session);
    const { active } = ledgerOf(observation);
    if (active?.owner === session.me) {
      session.emit({ type: 'lease-taken', ...record, previousOwner: previous.active?.owner });
      return observation;
    }
    const holder = liveHolder(session, active);
    if (holder !== undefined) return { ...locked(holder), record: active };
    if (written.kind === 'failed' && isFinal(written, clock.monotonicMs() >= deadlineMs)) {
      return {
        kind: 'end',
        outcome: 'refused',
        reason: `The rollout could not begin: ${written.message}`,
        record: active,
      };
    }
    await clock.sleep(backoffMs(gate.intervalMs, attempt), { signal });
  }
}

function isFinal({ reason }: Extract<Attempt, { kind: 'failed' }>, isLate: boolean): boolean {
  return isLate || reason === 'forbidden' || reason === 'gone' || reason === 'invalid';
}

function lease({ spec, me }: Session, record: RolloutRecord): RolloutRecord & Holder {
  const until = new Date(spec.clock.now().getTime() + spec.leaseMs);
  return { ...record, owner: me, until, settledSize: undefined };
}

function tell(
  session: Session,
  action: 'begin' | 'release',
  reason: string,
  on: Observation,
): void {
  session.emit({ type: 'decision-made', action, reason, observation: fingerprint(on) });
}

/** Sets the template along with the annotations when it is not the goal's already. */
function write(
  session: Session,
  observation: Observation,
  ledger: Ledger & { active: RolloutRecord },
): Promise<Attempt> {
  const goal = goalOf(ledger.active);
  const annotations = encodeLedger(ledger);
  tell(
    session,
    'begin',
    `Take the lease of rollout "${ledger.active.id}" towards "${goal}"`,
    observation,
  );
  return observation.template === goal
    ? mutate(session, 'settle', {}, (options) => session.pool.settle(annotations, options))
    : mutate(session, 'begin', { template: goal }, (options) =>
        session.pool.begin(goal, annotations, options),
      );
}

function ledgerOf(observation: Observation): Ledger {
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
