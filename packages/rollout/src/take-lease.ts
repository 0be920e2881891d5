import { isDeepStrictEqual } from 'node:util';
import { type End, type Holder, ledgerOf, liveHolder, locked, restless, tell } from './lease.ts';
import { unreadable } from './mandate.ts';
import type { Observation } from './pool.ts';
import { decodeLedger, encodeLedger, goalOf, type Ledger, type RolloutRecord } from './record.ts';
import { type Attempt, backoffMs, mutate, observe, type Session } from './session.ts';

/** Trying again would be told the same. */
const FINAL: ReadonlySet<unknown> = new Set(['forbidden', 'gone', 'invalid']);

/**
 * Writes the record with our name in it, waits, and believes it only if it is still ours then. For a new rollout this is
 * also what sets the template: before this one write nothing has happened, after it everything can be resumed.
 */
export async function takeLease(
  session: Session,
  wanted: RolloutRecord,
  first: Observation,
): Promise<Observation | End> {
  const { clock, gate, leaseSettleMs, exclusive, progressDeadlineMs, signal } = session.spec;
  const deadlineMs = clock.monotonicMs() + progressDeadlineMs;
  for (let attempt = 0; ; attempt += 1) {
    // What was seen before the checks, or before a pause, may be somebody else's by now.
    const before = await observeAtRest(session, deadlineMs);
    if ('outcome' in before) return before;
    const ledger = decodeLedger(before.annotations);
    if (ledger.kind === 'unreadable') return unreadable(ledger.why);
    if (isMine(session, before)) return taken(session, before, ledgerOf(first));
    const rival = rivalIn(session, before, first);
    if (rival !== undefined) return rival;
    const written = await write(session, before, { ...ledger, active: lease(session, wanted) });
    if (!exclusive) await clock.sleep(leaseSettleMs, { signal });
    const after = await observe(session);
    if (isMine(session, after)) return taken(session, after, ledger);
    const { active } = ledgerOf(after);
    const holder = liveHolder(session, active);
    if (holder !== undefined) return locked(session, holder, active);
    if (clock.monotonicMs() >= deadlineMs || isFinal(written)) {
      const why =
        written.kind === 'failed' ? written.message : 'what is written does not show on the pool';
      const reason = `The rollout could not begin: ${why}`;
      return { kind: 'end', outcome: 'refused', reason, record: active };
    }
    await clock.sleep(backoffMs(gate.intervalMs, attempt), { signal });
  }
}

async function observeAtRest(session: Session, deadlineMs: number): Promise<Observation | End> {
  const { clock, gate, signal } = session.spec;
  for (;;) {
    const observation = await observe(session);
    if (observation.status === 'steady') return observation;
    if (clock.monotonicMs() >= deadlineMs) {
      return restless(session, observation, ledgerOf(observation).active);
    }
    await clock.sleep(gate.intervalMs, { signal });
  }
}

function isMine({ me }: Session, observation: Observation): boolean {
  return ledgerOf(observation).active?.owner === me;
}

function taken(session: Session, observation: Observation, previous: Ledger): Observation {
  const { active } = ledgerOf(observation);
  const until = active?.until ?? session.spec.clock.now();
  const previousOwner = previous.active?.owner;
  session.emit({ type: 'lease-taken', owner: session.me, until, previousOwner });
  return observation;
}

/** Whoever has written since we looked was first, unless something outside vouches that nobody else is at work. */
function rivalIn(session: Session, now: Observation, first: Observation): End | undefined {
  if (session.spec.exclusive) return undefined;
  const { active } = ledgerOf(now);
  const holder = liveHolder(session, active);
  if (holder !== undefined) return locked(session, holder, active);
  if (isDeepStrictEqual(now.annotations, first.annotations)) return undefined;
  return {
    kind: 'end',
    outcome: 'locked',
    reason: 'Another controller has written to the pool since this one looked',
    record: active,
  };
}

function isFinal(attempt: Attempt): boolean {
  return attempt.kind === 'failed' && FINAL.has(attempt.reason);
}

function lease({ spec, me }: Session, record: RolloutRecord): RolloutRecord & Holder {
  const until = new Date(spec.clock.now().getTime() + spec.leaseMs);
  return { ...record, owner: me, until, settledSize: undefined };
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
