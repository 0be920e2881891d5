import type { Part } from './options.ts';
import { outputOf, type Verdict } from './verdict.ts';

export interface PartFigures {
  readonly runs: number;
  readonly violated: number;
  /** The moment came when all was over. */
  readonly missed: number;
  /** Lines that were kept out by a lease, and said by whose and until when. */
  readonly waited: number;
  /** How often each line ended with which code. */
  readonly exitCodes: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface TakeoverReport {
  readonly seed: number;
  readonly runs: number;
  readonly wallMs: number;
  readonly violations: readonly {
    readonly part: Part;
    readonly index: number;
    readonly title: string;
    readonly when: string;
    readonly what: readonly string[];
    readonly output: string;
  }[];
  readonly byPart: Readonly<Partial<Record<Part, PartFigures>>>;
}

export function reportOf(
  seed: number,
  wallMs: number,
  verdicts: readonly Verdict[],
): TakeoverReport {
  const byPart = Object.entries(Object.groupBy(verdicts, ({ scene }) => scene.part));
  return {
    seed,
    runs: verdicts.length,
    wallMs: Math.round(wallMs),
    violations: verdicts
      .filter(({ violations }) => violations.length > 0)
      .map(({ scene: { part, index, title }, when, violations, ...played }) => ({
        part,
        index,
        title,
        when,
        what: violations,
        output: outputOf({ when, violations, ...played }),
      })),
    byPart: Object.fromEntries(byPart.map(([part, those]) => [part, figuresOf(those)])),
  };
}

function figuresOf(verdicts: readonly Verdict[]): PartFigures {
  const exitCodes: Record<string, Record<string, number>> = {};
  const lines = verdicts.flatMap((verdict) => verdict.lines);
  for (const { line, ended } of lines) {
    exitCodes[line] ??= {};
    const codes = exitCodes[line];
    codes[ended.exitCode] = (codes[ended.exitCode] ?? 0) + 1;
  }
  return {
    runs: verdicts.length,
    violated: verdicts.filter(({ violations }) => violations.length > 0).length,
    missed: verdicts.filter(({ isMissed }) => isMissed === true).length,
    waited: lines.filter(({ ended }) => ended.output.includes('waiting for it')).length,
    exitCodes,
  };
}

export function renderReport({ byPart }: TakeoverReport): string {
  return Object.entries(byPart)
    .map(([part, { runs, violated, missed, waited, exitCodes }]) => {
      const lines = Object.entries(exitCodes).map(([line, codes]) => {
        const counts = Object.entries(codes).map(([code, times]) => `${code}×${times}`);
        return `  ${line.padEnd(30)} exit ${counts.join(' ')}`;
      });
      return [
        `${part}: ${runs} runs, ${violated} violated, ${missed} too late, ${waited} lines waited for a lease`,
        ...lines,
      ].join('\n');
    })
    .join('\n');
}
