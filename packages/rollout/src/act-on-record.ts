import { withoutLease } from './lease.ts';
import { afterChange } from './memory.ts';
import { encodeLedger, type Ledger, type RolloutRecord } from './record.ts';
import { drainedNote } from './reporter.ts';
import { type Attempt, mutate, type Session } from './session.ts';
import type { Situation } from './situation.ts';
import { type ActionOf, failed, nowMs, on, type Step } from './step.ts';

export async function revert(
  session: Session,
  situation: Situation,
  { record }: ActionOf<'revert'>,
): Promise<Step> {
  const annotations = encodeLedger({ ...ledgerOf(situation), active: record });
  const attempt = await mutate(session, 'begin', { template: record.from }, (options) =>
    session.pool.begin(record.from, annotations, options),
  );
  if (attempt.kind === 'done') return on(afterChange(situation.memory, nowMs(session)));
  if (attempt.reason === 'gone' || attempt.reason === 'invalid') {
    return {
      kind: 'end',
      outcome: 'stuck',
      reason: `The way back to "${record.from}" is blocked: ${attempt.message}`,
    };
  }
  return failed(session, situation.memory, attempt);
}

/** Neither a new lease nor a new size is a step: deadlines run on. */
export async function note(
  session: Session,
  situation: Situation,
  { type, record }: ActionOf<'adopt' | 'renew'>,
): Promise<Step> {
  const { memory, observation } = situation;
  const attempt = await settle(session, { ...ledgerOf(situation), active: record });
  if (attempt.kind === 'failed') return failed(session, memory, attempt, { isOfLease: true });
  const { size } = observation;
  const sizes = type === 'adopt' ? { low: size, high: size, intended: size } : memory.sizes;
  const faults = memory.faults?.isOfLease === true ? undefined : memory.faults;
  return on({ ...memory, sizes, faults });
}

export async function hold(
  session: Session,
  situation: Situation,
  { record }: ActionOf<'hold'>,
  reason: string,
): Promise<Step> {
  const active = withoutLease(record, situation.observation);
  const attempt = await settle(session, { ...ledgerOf(situation), active });
  if (attempt.kind === 'failed') return failed(session, situation.memory, attempt);
  return {
    kind: 'end',
    outcome: record.hold === 'approval' ? 'awaiting-approval' : 'paused',
    reason: `${reason}${drainedNote(session)}`,
  };
}

export async function finish(
  session: Session,
  situation: Situation,
  { last }: ActionOf<'finish'>,
  reason: string,
): Promise<Step> {
  const endedAt = session.spec.clock.now();
  const attempt = await settle(session, {
    ...ledgerOf(situation),
    active: undefined,
    last: { ...last, endedAt },
  });
  if (attempt.kind === 'failed') return failed(session, situation.memory, attempt);
  return { kind: 'end', outcome: last.outcome, reason: session.failure ?? reason };
}

function settle(
  session: Session,
  ledger: Ledger & { readonly active: RolloutRecord | undefined },
): Promise<Attempt> {
  const annotations = encodeLedger(ledger);
  return mutate(session, 'settle', {}, (options) => session.pool.settle(annotations, options));
}

function ledgerOf({ ledger }: Situation): Ledger {
  return ledger.kind === 'readable' ? ledger : { active: undefined, last: undefined, rest: {} };
}
