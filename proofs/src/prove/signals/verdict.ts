import type { Blow } from './draw-blows.ts';
import type { Ended } from './strike.ts';

/** One blow, and what came of it. */
export interface Verdict {
  readonly blow: Blow;
  /** When: `1234 ms`, `event 3`. */
  readonly when: string;
  readonly exitCode: number;
  readonly dyingMs: number | undefined;
  /** Broken promises, in words; empty when all is well. */
  readonly violations: readonly string[];
  /** What SIGKILL left that ends by itself or is swept. */
  readonly excused: readonly string[];
  /** Tries before this one that came to nothing, as this process stood still for too long. */
  readonly disturbed?: number;
  /** The longest time that it stood still during this one. */
  readonly stallMs?: number;
  /** The end of the output, when something is wrong. */
  readonly output?: string;
}

export const signalCodes: Readonly<Record<Blow['signal'], number>> = {
  SIGINT: 130,
  SIGKILL: 137,
  SIGTERM: 143,
};

/** What a runner waits for before it kills, less some air. */
const LONGEST_DYING_MS = 8_500;

/** What holds for every stage: who was told to stop does so in time, without a stack trace. */
export function commonViolations({ output, dyingMs = 0 }: Ended): readonly string[] {
  const stack = /^\s*at .+:\d+:\d+\)?$/m.exec(output)?.[0];
  return [
    ...(dyingMs > LONGEST_DYING_MS ? [`took ${Math.round(dyingMs)} ms to end`] : []),
    ...(stack === undefined ? [] : [`stack trace: ${stack.trim()}`]),
  ];
}

/** The last lines, for the report. */
export function tailOf(output: string): string {
  return output.trimEnd().split('\n').slice(-20).join('\n');
}
