import type { Stage } from './options.ts';
import type { Verdict } from './verdict.ts';

export interface StageFigures {
  readonly runs: number;
  readonly violated: number;
  /** How often each was seen. */
  readonly exitCodes: Readonly<Record<string, number>>;
  /** From the signal to the end. */
  readonly slowestEndMs: number;
  /** Kinds of things that SIGKILL left, which end by themselves or are swept. */
  readonly excused: readonly string[];
}

export interface SignalsReport {
  readonly seed: number;
  readonly runs: number;
  /** Blows that were struck again, since this process itself had stood still. */
  readonly disturbed: number;
  readonly violations: readonly (Omit<Verdict['blow'], 'moment'> & {
    readonly when: string;
    readonly exitCode: number;
    readonly what: readonly string[];
    readonly stallMs: number | undefined;
    readonly output: string | undefined;
  })[];
  readonly byStage: Readonly<Partial<Record<Stage, StageFigures>>>;
}

export function reportOf(seed: number, verdicts: readonly Verdict[]): SignalsReport {
  const byStage = Object.entries(Object.groupBy(verdicts, ({ blow }) => blow.stage));
  return {
    seed,
    runs: verdicts.length,
    disturbed: verdicts.reduce((sum, { disturbed = 0 }) => sum + disturbed, 0),
    violations: verdicts
      .filter(({ violations }) => violations.length > 0)
      .map(({ blow: { moment: _, ...blow }, when, exitCode, violations, output, stallMs }) => ({
        ...blow,
        when,
        exitCode,
        what: violations,
        stallMs,
        output,
      })),
    byStage: Object.fromEntries(byStage.map(([stage, those]) => [stage, figuresOf(those)])),
  };
}

function figuresOf(verdicts: readonly Verdict[]): StageFigures {
  const exitCodes: Record<string, number> = {};
  for (const { exitCode } of verdicts) exitCodes[exitCode] = (exitCodes[exitCode] ?? 0) + 1;
  const kinds = verdicts.flatMap(({ excused }) => excused.map((left) => left.split(' ')[0] ?? ''));
  return {
    runs: verdicts.length,
    violated: verdicts.filter(({ violations }) => violations.length > 0).length,
    exitCodes,
    slowestEndMs: Math.round(Math.max(0, ...verdicts.map(({ dyingMs }) => dyingMs ?? 0))),
    excused: [...new Set(kinds)].toSorted(),
  };
}

/** One row a stage, as wide as needed. */
export function renderReport({ byStage }: SignalsReport): string {
  const head = ['stage', 'runs', 'violated', 'exit codes', 'slowest end', 'left by SIGKILL'];
  const rows = Object.entries(byStage).map(([stage, figures]) => [
    stage,
    String(figures.runs),
    String(figures.violated),
    Object.entries(figures.exitCodes)
      .map(([code, times]) => `${code}×${times}`)
      .join(' '),
    `${figures.slowestEndMs} ms`,
    figures.excused.join(', ') || '-',
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
