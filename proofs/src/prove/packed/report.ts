import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from './consumer.ts';
import { repository } from './published-packages.ts';

export interface Row {
  readonly name: string;
  readonly packed: { readonly bytes: number; readonly files: number } | undefined;
  readonly example: Run | undefined;
  readonly faults: readonly string[];
}

export interface PackedReport {
  /** The Node it was all run under. */
  readonly node: string;
  readonly rows: readonly Row[];
  /** Faults of the installation as a whole. */
  readonly shared: readonly string[];
}

/** Prints the table and writes `reports/prove/packed.json`. @returns the exit code */
export async function writeReport(
  { node, rows, shared }: PackedReport,
  say: (line: string) => void,
): Promise<number> {
  const violations = [
    ...rows.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`)),
    ...shared,
  ];
  const packages = rows.map(({ name, packed, example }) => ({
    name,
    packed,
    exampleExitCode: example?.exitCode ?? null,
    ms: example?.ms ?? null,
  }));
  const folder = join(repository, 'reports/prove');
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify({ node, packages, violations }, null, 2);
  await writeFile(join(folder, 'packed.json'), `${text}\n`);

  say('');
  say(line('package', 'kB', 'files', 'exit', 'ms'));
  for (const { name, packed, exampleExitCode, ms } of packages) {
    const kilobytes = packed === undefined ? '-' : (packed.bytes / 1000).toFixed(1);
    say(line(name, kilobytes, packed?.files ?? '-', exampleExitCode ?? '-', ms ?? '-'));
  }
  for (const { name, example } of rows) {
    if (example === undefined || example.exitCode === 0) continue;
    say(`\n${name}:\n${example.output}`);
  }
  for (const violation of violations) say(`VIOLATION ${violation}`);
  say(`\nNode ${node}, ${rows.length} packages, ${violations.length} violations`);
  return violations.length === 0 ? 0 : 1;
}

function line(name: string, ...cells: readonly (string | number)[]): string {
  return [name.padEnd(24), ...cells.map((cell) => String(cell).padStart(8))].join('');
}
