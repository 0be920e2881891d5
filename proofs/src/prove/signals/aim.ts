import type { Blow } from './draw-blows.ts';
import type { Lane } from './lane.ts';
import type { TimedSignal } from './strike.ts';

/** Turns a moment into one of this lane: a time, or whenever something happens in it. */
export function aim(
  lane: Lane,
  { moment, signal, target }: Blow,
  lengthMs: number,
): { readonly when: string; readonly signal: TimedSignal } {
  if (moment.kind === 'share') {
    const after = Math.round(moment.share * lengthMs);
    return { when: `${after} ms`, signal: { signal, target, after } };
  }
  const after: TimedSignal['after'] = (send) => lane.when(moment, send);
  return { when: `${moment.kind} ${moment.number}`, signal: { signal, target, after } };
}
