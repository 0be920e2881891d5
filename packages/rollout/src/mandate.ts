import { isAdmitted } from './health.ts';
import type { Member, Observation } from './pool.ts';
import type { DecodedLedger, RolloutRecord } from './record.ts';
import { goalOf } from './record.ts';
import type { Outcome } from './situation.ts';

/** What a caller wants of a pool. `abort` and `rollback` are one: the template first, then the new members go. */
export type Intent = 'rollout' | 'resume' | 'approve' | 'pause' | 'abort' | 'rollback' | 'unlock';

export interface Target {
  readonly template: string;
  readonly rolloutId: string;
}

/** What an intent comes to, given what the pool says. */
export type Mandate =
  /** Nothing to do, or nothing that may be done. */
  | {
      readonly kind: 'end';
      readonly outcome: Outcome;
      readonly reason: string;
      readonly record?: RolloutRecord | undefined;
    }
  /** One note in the annotations, and that is all. */
  | {
      readonly kind: 'mark';
      readonly outcome: Outcome;
      readonly reason: string;
      readonly record: RolloutRecord;
    }
  /** Take the lease with this record, then work. */
  | { readonly kind: 'work'; readonly record: RolloutRecord; readonly isResumed: boolean };

export function mandateOf(
  intent: Intent,
  target: Target | undefined,
  ledger: DecodedLedger,
  observation: Observation,
): Mandate {
  if (ledger.kind === 'unreadable') return unreadable(ledger.why);
  if (observation.status === 'refused') {
    return end(
      'refused',
      `The pool must not be rolled out: ${observation.statusDetail}`,
      ledger.active,
    );
  }
  if (target !== undefined) return mandateOfTarget(target, ledger.active, observation);
  if (ledger.active === undefined) {
    const { last } = ledger;
    const hint =
      last === undefined
        ? ''
        : `: the last one went from "${last.from}" to "${last.to}" and was ${last.outcome}`;
    return end('unchanged', `No rollout is under way${hint}`);
  }
  return mandateOfControl(intent, ledger.active, observation);
}

/** A record that this version cannot read is somebody's: it is not written over. */
export function unreadable(why: string): Extract<Mandate, { kind: 'end' }> {
  const reason = `The pool's annotations cannot be read: ${why}`;
  return { kind: 'end', outcome: 'stuck', reason, record: undefined };
}

function end(outcome: Outcome, reason: string, record?: RolloutRecord): Mandate {
  return { kind: 'end', outcome, reason, record };
}

function mandateOfTarget(
  target: Target,
  active: RolloutRecord | undefined,
  observation: Observation,
): Mandate {
  const { template: to, rolloutId: id } = target;
  if (active === undefined) return start(id, to, observation);
  if (active.to === to) {
    // A pause that came too late to hold anything up is none: all that is left is to prove them, and to say so.
    const isHeld = active.hold !== undefined && !isWhole(active, observation);
    return isHeld ? held(active) : work({ ...active, hold: undefined });
  }
  // The way back from a superseding rollout is the last version that was whole, not the one it interrupts.
  const record: RolloutRecord = {
    id,
    from: active.from,
    to,
    size: active.size,
    phase: 'rolling',
    settledSize: active.settledSize,
  };
  return { kind: 'work', record, isResumed: true };
}

function start(id: string, to: string, observation: Observation): Mandate {
  const stale = observation.members.filter(
    ({ template, state, isProtected }) => template !== to && state !== 'leaving' && !isProtected,
  );
  const { size, template } = observation;
  if (stale.length === 0 && template === to) {
    return end('unchanged', `All ${observation.members.length} members are on "${to}" already`);
  }
  const from =
    template === to ? (mostCommon(stale.map((member) => member.template)) ?? to) : template;
  return {
    kind: 'work',
    record: { id, from, to, size, phase: 'rolling', settledSize: size },
    isResumed: false,
  };
}

function mostCommon(words: readonly string[]): string | undefined {
  const counts = Map.groupBy(words, (word) => word);
  return [...counts].toSorted((one, two) => two[1].length - one[1].length)[0]?.[0];
}

function held(record: RolloutRecord): Mandate {
  return record.hold === 'approval'
    ? end(
        'awaiting-approval',
        `Rollout "${record.id}" to "${record.to}" waits for approval`,
        record,
      )
    : end(
        'paused',
        `Rollout "${record.id}" to "${record.to}" is paused: resume it or roll it back`,
        record,
      );
}

/** Nothing but members of the goal, all of them in service, as many as are wanted. */
export function isWhole(
  record: RolloutRecord,
  { members, size, template, status }: Observation,
): boolean {
  const goal = goalOf(record);
  const isPart = (member: Member): boolean =>
    member.template === goal && member.state === 'running' && isAdmitted(member);
  const isComplete = members.length === record.size && size === record.size;
  return status === 'steady' && template === goal && isComplete && members.every(isPart);
}

function mandateOfControl(
  intent: Intent,
  active: RolloutRecord,
  observation: Observation,
): Mandate {
  const free: RolloutRecord = { ...active, hold: undefined };
  switch (intent) {
    case 'pause':
      if (isWhole(active, observation)) return end('unchanged', nothingToPause(active), active);
      return active.hold === undefined
        ? mark(
            'paused',
            { ...active, hold: 'paused' },
            `Rollout "${active.id}" is paused towards "${goalOf(active)}"`,
          )
        : held(active);
    case 'unlock':
      return active.owner === undefined
        ? end('unchanged', 'Nobody holds the lease', active)
        : mark(
            'interrupted',
            active,
            `The lease of "${active.owner}" is removed: resume the rollout or roll it back`,
          );
    case 'approve':
      if (active.hold === 'approval') return work({ ...free, phase: 'approved' });
      if (active.phase === 'approved' && active.hold === undefined) return work(active);
      return end('refused', `Rollout "${active.id}" does not wait for approval`, active);
    case 'abort':
    case 'rollback':
      return active.from === active.to
        ? end('refused', `Rollout "${active.id}" has no other template to go back to`, active)
        : work({ ...free, phase: 'rolling-back' });
    default:
      return active.hold === 'approval' ? held(active) : work(free);
  }
}

export function nothingToPause(record: RolloutRecord): string {
  return `Nothing is left to pause: all ${record.size} members are on "${goalOf(record)}"`;
}

function mark(outcome: Outcome, record: RolloutRecord, reason: string): Mandate {
  return { kind: 'mark', outcome, record, reason };
}

function work(record: RolloutRecord): Mandate {
  return { kind: 'work', record, isResumed: true };
}
