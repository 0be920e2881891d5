import { element } from '../xml.ts';
import { type Drawing, seconds } from './draw-lanes.ts';
import { round, type Scale } from './scale.ts';
import type { Timeline } from './timeline.ts';

const HEIGHT = 26;

/** Every change that was asked of the pool, as long as it took. */
export function drawCalls({ calls }: Timeline, scale: Scale): Drawing {
  const marks = calls.map(({ atMs, durationMs, call, error }) =>
    element(
      'rect',
      {
        class: error === undefined ? 'call' : 'call missed',
        x: scale.x(atMs),
        y: 4,
        width: Math.max(2, round(scale.x(atMs + durationMs) - scale.x(atMs))),
        height: 14,
      },
      [element('title', {}, `${call} at ${seconds(atMs)}, ${seconds(durationMs)} ${error ?? ''}`)],
    ),
  );
  const label = element('text', { x: scale.leftX - 8, y: 15, class: 'label' }, 'calls');
  return { svg: element('g', {}, [label, ...marks]), height: HEIGHT };
}
