import { drain, evict, grow } from './act-on-members.ts';
import { finish, hold, note, revert } from './act-on-record.ts';
import { measure, type Session } from './session.ts';
import type { Decision, Situation } from './situation.ts';
import { type ActionOf, backOff, on, type Step } from './step.ts';

/** Carries one decision out, and remembers what the next one must know. */
export async function act(
  session: Session,
  situation: Situation,
  decision: Decision,
): Promise<Step> {
  const { action, reason } = decision;
  switch (action.type) {
    case 'wait':
      return wait(session, situation, action);
    case 'measure':
      return takeMeasure(session, situation);
    case 'grow':
      return grow(session, situation, action);
    case 'drain':
      return drain(session, situation, action);
    case 'evict':
      return evict(session, situation, action);
    case 'revert':
      session.failure = reason;
      return revert(session, situation, action);
    case 'adopt':
    case 'renew':
      return note(session, situation, action);
    case 'hold':
      return hold(session, situation, action, reason);
    case 'finish':
      return finish(session, situation, action, reason);
    case 'stop':
      return { kind: 'end', outcome: action.outcome, reason };
    default:
      return action satisfies never;
  }
}

async function wait(
  { spec }: Session,
  { memory, now }: Situation,
  action: ActionOf<'wait'>,
): Promise<Step> {
  const { clock, gate, signal } = spec;
  const leftMs = (action.untilMs ?? Number.POSITIVE_INFINITY) - now.ms;
  await clock.sleep(Math.max(1, Math.min(gate.intervalMs, leftMs)), { signal });
  return on({
    ...memory,
    // Growth does not depend on an intended wait: asking again at each look would be one read more.
    capacity: action.isPatient ? memory.capacity : 'unread',
    ...(action.isPatient ? afterPatience(memory, now.ms, clock.monotonicMs()) : impatient),
    ...(action.isShortage ? { grantLimit: undefined } : {}),
  });
}

const impatient = { patientUntilMs: undefined };

/** Intended waiting is no lack of progress, and no progress either: else a release that dies after each bake bakes for ever. */
function afterPatience(
  { progressMs, patientUntilMs }: Situation['memory'],
  sinceMs: number,
  nowMs: number,
): Pick<Situation['memory'], 'progressMs' | 'patientUntilMs'> {
  const waitedMs = nowMs - (patientUntilMs ?? sinceMs);
  return { progressMs: Math.min(nowMs, progressMs + waitedMs), patientUntilMs: nowMs };
}

async function takeMeasure(session: Session, { memory }: Situation): Promise<Step> {
  const granted = await measure(session);
  return granted === undefined
    ? backOff(session, memory, 'the capacity could not be read')
    : on({ ...memory, capacity: granted });
}
