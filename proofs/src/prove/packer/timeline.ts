import { setTimeout as delay } from 'node:timers/promises';
import type { RunningLine } from './run-line.ts';

/** When an undisturbed build says what: by that a moment is found again on a machine that is busier. */
export interface Timeline {
  readonly lengthMs: number;
  /** How much of it Packer takes. */
  readonly packerEndsMs: number;
  readonly marks: readonly Mark[];
}

interface Mark {
  readonly pattern: RegExp;
  readonly atMs: number;
}

const PATTERNS = [
  /^.*s {2}build /m,
  /QEMU runs with/,
  /: fetching/,
  /: booting/,
  /Waiting 10s for boot/,
  /: connecting/,
  /: provisioning/,
  /: halting/,
  /packer finished/,
  /the image was verified/,
  /import \S+ by bucket/,
];
const POLL_MS = 20;

export function timelineOf(stderr: string, lengthMs: number): Timeline {
  const lines = stderr.split('\n');
  const marks = PATTERNS.flatMap((pattern): Mark[] => {
    const [, seconds] = /^\s*([\d.]+)s /.exec(lines.find((line) => pattern.test(line)) ?? '') ?? [];
    return seconds === undefined ? [] : [{ pattern, atMs: Number(seconds) * 1_000 }];
  });
  const finished = marks.find(({ pattern }) => pattern.source === 'packer finished');
  return { lengthMs, packerEndsMs: finished?.atMs ?? lengthMs, marks };
}

/** Resolves at the moment that corresponds to `atMs` of the timeline; false when the line has ended before. */
export async function untilMoment(
  line: RunningLine,
  { marks }: Timeline,
  atMs: number,
): Promise<boolean> {
  const mark = marks.findLast((one) => one.atMs <= atMs);
  let isOver = false;
  void line.ended.then(() => {
    isOver = true;
  });
  while (mark !== undefined && !isOver && !mark.pattern.test(line.output())) await delay(POLL_MS);
  await Promise.race([line.ended, delay(atMs - (mark?.atMs ?? 0))]);
  return !isOver;
}
