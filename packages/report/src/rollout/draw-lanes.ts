import { element } from '../xml.ts';
import { round, type Scale } from './scale.ts';
import type { Lane, Timeline } from './timeline.ts';

const LANE_HEIGHT = 22;
const BAR_HEIGHT = 13;
const PROBE_HEIGHT = 4;

export interface Drawing {
  readonly svg: string;
  readonly height: number;
}

/** A lane per member, coloured by version, shaded by what it was doing, with its probes beneath. */
export function drawLanes({ lanes, to }: Timeline, scale: Scale): Drawing {
  const rows = lanes.map((lane, index) =>
    drawLane(lane, index * LANE_HEIGHT, scale, lane.template === to),
  );
  return { svg: element('g', {}, rows), height: lanes.length * LANE_HEIGHT };
}

function drawLane(lane: Lane, y: number, scale: Scale, isNew: boolean): string {
  const version = isNew ? 'new' : 'old';
  const spans = lane.spans.map(({ fromMs, toMs, stage }) =>
    element(
      'rect',
      {
        class: `${version} ${stage}`,
        x: scale.x(fromMs),
        y: y + 2,
        width: Math.max(1, round(scale.x(toMs) - scale.x(fromMs))),
        height: BAR_HEIGHT,
      },
      [element('title', {}, `${lane.name}: ${stage}, ${seconds(fromMs)} to ${seconds(toMs)}`)],
    ),
  );
  const probes = lane.probes.map(({ atMs, passed, detail }) =>
    element(
      'rect',
      {
        class: passed ? 'passed' : 'missed',
        x: scale.x(atMs),
        y: y + 2 + BAR_HEIGHT,
        width: 2,
        height: PROBE_HEIGHT,
      },
      [element('title', {}, `${seconds(atMs)} ${detail}`)],
    ),
  );
  const label = element('text', { x: scale.leftX - 8, y: y + 13, class: 'label' }, lane.name);
  return element('g', {}, [label, ...spans, ...probes]);
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
