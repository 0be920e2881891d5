import { element } from '../xml.ts';
import type { Drawing } from './draw-lanes.ts';
import { round, type Scale } from './scale.ts';
import type { Count, Timeline } from './timeline.ts';

const HEIGHT = 140;

/** How many served and how many there were, with the two lines that the strategy promised to stay between. */
export function drawCounts({ counts, size, durationMs }: Timeline, scale: Scale): Drawing {
  const peak = Math.max(size, ...counts.map(({ total }) => total));
  const y = (count: number): number => round(HEIGHT - (count / (peak + 1)) * HEIGHT);
  const steps = (pick: (count: Count) => number): string => {
    const points = counts.flatMap((count, index) => {
      const toMs = counts[index + 1]?.atMs ?? durationMs;
      return [`${scale.x(count.atMs)},${y(pick(count))}`, `${scale.x(toMs)},${y(pick(count))}`];
    });
    return points.join(' ');
  };
  const level = (count: number, name: string): string =>
    element('g', { class: 'level' }, [
      element('line', { x1: scale.leftX, x2: scale.rightX, y1: y(count), y2: y(count) }),
      element('text', { x: scale.leftX - 8, y: y(count) + 4, class: 'label' }, `${name} ${count}`),
    ]);
  const svg = element('g', {}, [
    level(size, 'N ='),
    peak > size ? level(peak, 'N + S =') : undefined,
    element('polyline', { class: 'total', points: steps(({ total }) => total) }),
    element('polyline', { class: 'floor', points: steps(({ floor }) => floor) }),
    element('polyline', { class: 'serving-count', points: steps(({ serving }) => serving) }),
  ]);
  return { svg, height: HEIGHT };
}
