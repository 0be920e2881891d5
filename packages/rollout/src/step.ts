import { afterFault, type Memory } from './memory.ts';
import { type Attempt, backoffMs, type Session } from './session.ts';
import type { Action, Outcome } from './situation.ts';

/** What came of an action: on with it, or the end. */
export type Step =
  | { readonly kind: 'on'; readonly memory: Memory }
  | { readonly kind: 'end'; readonly outcome: Outcome; readonly reason: string };

export type ActionOf<Type extends Action['type']> = Extract<Action, { type: Type }>;

export function on(memory: Memory): Step {
  return { kind: 'on', memory };
}

/** A change that failed: these credentials never will, or the next look tells whether it had its effect. */
export async function failed(
  session: Session,
  memory: Memory,
  attempt: Extract<Attempt, { kind: 'failed' }>,
  { isOfLease = false }: { readonly isOfLease?: boolean } = {},
): Promise<Step> {
  if (attempt.reason === 'forbidden') {
    return {
      kind: 'end',
      outcome: 'stuck',
      reason: `These credentials may not do that: ${attempt.message}`,
    };
  }
  return backOff(session, memory, attempt.message, { isOfLease });
}

export async function backOff(
  session: Session,
  memory: Memory,
  message: string,
  { isOfLease = false }: { readonly isOfLease?: boolean } = {},
): Promise<Step> {
  const { clock, gate, signal } = session.spec;
  const after = afterFault(memory, message, { nowMs: nowMs(session), isOfLease });
  await clock.sleep(backoffMs(gate.intervalMs, (after.faults?.count ?? 1) - 1), { signal });
  return on(after);
}

export function nowMs({ spec }: Session): number {
  return spec.clock.monotonicMs();
}
