import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseBenchOptions, usage } from './options.ts';
import { playRounds } from './play-rounds.ts';
import { measureScale } from './scale.ts';
import { renderTable } from './table.ts';
import { shortfallsOf } from './targets.ts';

export interface BenchContext {
  readonly argv: readonly string[];
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Where the report goes. */
  readonly file: string;
}

/** Plays every combination, writes the report, and returns the exit code: 1 when a target was missed. */
export async function runBench({ argv, say, signal, file }: BenchContext): Promise<number> {
  if (argv.includes('--help')) {
    say(usage);
    return 0;
  }
  const options = parseBenchOptions(argv);
  const rows = await playRounds(options, signal, (played) => say(renderTable(played)));
  const scale = options.withScale ? await measureScale(signal) : undefined;
  if (scale !== undefined) say(JSON.stringify(scale, undefined, 2));
  const shortfalls = shortfallsOf(rows, scale);
  await mkdir(dirname(file), { recursive: true });
  const report = { schema: 1, seed: options.seed, rows, scale, shortfalls };
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  for (const shortfall of shortfalls) say(`missed: ${shortfall}`);
  say(`${rows.length} rows, ${shortfalls.length} targets missed: ${file}`);
  return shortfalls.length === 0 ? 0 : 1;
}
