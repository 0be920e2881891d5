import type { Blow } from './draw-blows.ts';
import type { Lane } from './lane.ts';
import type { Lengths } from './lengths.ts';
import type { TimedSignal } from './strike.ts';

export interface Aimed {
  /** For people: `420 ms`, `310 ms into the work`, `event 3`. */
  readonly when: string;
  readonly signal: TimedSignal;
}

/** Turns a moment into one of this lane: a time, or whenever something happens in it. */
export function aim(lane: Lane, { moment, signal, target }: Blow, lengths: Lengths): Aimed {
  if (moment.kind !== 'share') {
    const after: TimedSignal['after'] = (send) => lane.when(moment, send);
    return { when: `${moment.kind} ${moment.number}`, signal: { signal, target, after } };
  }
  const { startMs, workMs } = lengths;
  const atMs = Math.round(moment.share * (startMs + workMs));
  if (atMs < startMs) return { when: `${atMs} ms`, signal: { signal, target, after: atMs } };
  // From the first call on, so that a machine which starts processes slowly does not shift everything to the front.
  const intoMs = Math.round(atMs - startMs);
  const after: TimedSignal['after'] = (send) => {
    let timer: NodeJS.Timeout | undefined;
    const waiting = lane.when({ kind: 'call', number: 1 }, () => {
      timer = setTimeout(send, intoMs);
    });
    return {
      [Symbol.dispose]: () => {
        waiting[Symbol.dispose]();
        clearTimeout(timer);
      },
    };
  };
  return { when: `${intoMs} ms into the work`, signal: { signal, target, after } };
}
