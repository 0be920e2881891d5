import { chmod, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Canary, canariesIn } from './canary.ts';
import { type Ground, type JobChange, readAll } from './ground.ts';
import { startLine } from './run-line.ts';
import { watchJob } from './watch-job.ts';

/** How many of the canaries were seen, by place. */
export interface Hits {
  readonly output: number;
  readonly commandLines: number;
  /** That others could read while the build ran. */
  readonly openFiles: number;
  readonly leftFiles: number;
}

export interface Look {
  readonly exitCode: number;
  readonly tail: string;
  readonly hits: Hits;
  readonly commandLines: number;
  readonly privateFiles: number;
  /** One for each hit. */
  readonly violations: readonly string[];
}

const userData = `#cloud-config
ssh_authorized_keys:
- "$\u007bsshKey}"
password: "$\u007bsecret.password}"
`;

/** Runs one build and looks for canaries wherever somebody could find them. */
export async function lookAt(
  ground: Ground,
  canaries: readonly Canary[],
  { change, argv }: { readonly change: JobChange; readonly argv: readonly string[] },
): Promise<Look> {
  await using job = await ground.openJob(change);
  // For leaks on purpose: out in the open, as a shared folder is.
  await using open = await mkdtempDisposable(join(tmpdir(), 'xo-'));
  await chmod(open.path, 0o755);
  await writeFile(join(job.folder, 'user-data.yaml'), userData);
  const line = startLine(job.line(argv, { LC_LEAK: join(open.path, 'leak') }));
  const needles = canaries.flatMap(({ forms }) => forms);
  const folders = [job.temporary, job.folder, ground.ci.folder, open.path];
  const seen = await watchJob(line.pid, folders, needles, line.ended);
  const { exitCode, stdout, stderr } = await line.ended;
  const left = (await Promise.all(folders.map(readAll))).join('\n');
  // What was given on the command line is there for all to see: only what is handed on counts.
  const others = [...seen.commandLines].filter((words) => !words.includes(' build --output json'));
  const output = canariesIn(stdout + stderr, canaries);
  const commandLines = canariesIn(others.join('\n'), canaries);
  const leftFiles = canariesIn(left, canaries);
  const { openFiles } = seen;
  return {
    exitCode,
    tail: stderr.trimEnd().split('\n').slice(-5).join('\n'),
    commandLines: seen.commandLines.size,
    privateFiles: seen.privateFiles.size,
    hits: {
      output: output.length,
      commandLines: commandLines.length,
      openFiles: openFiles.size,
      leftFiles: leftFiles.length,
    },
    violations: [
      ...output.map((kind) => `canary ${kind} in the output`),
      ...commandLines.map((kind) => `canary ${kind} in a command line`),
      ...[...openFiles].map((file) => `a canary in ${file}, which others may read`),
      ...leftFiles.map((kind) => `canary ${kind} in a file that is left`),
    ],
  };
}
