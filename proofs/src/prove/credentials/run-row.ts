import { leakedSecrets } from '../signals/leaked-secrets.ts';
import { plainJob, type Row } from './row.ts';
import { type JobEnd, runJob } from './run-job.ts';
import { openWorld, type World } from './world.ts';

export interface RowResult {
  readonly name: string;
  /** Empty when all is as it should be. */
  readonly problems: readonly string[];
  /** Secrets searched for, and places searched. */
  readonly searched: number;
  readonly output: string;
}

const SETTLE_MS = 3_000;

/** Plays one row in a world of its own, with `DEBUG=*` and JSON output, and looks for everything that must not be. */
export async function runRow(row: Row, seed: number): Promise<RowResult> {
  await using world = await openWorld(seed);
  const given = (await row.arrange?.(world)) ?? {};
  const ends = await Promise.all(
    Array.from({ length: row.together?.length ?? 1 }, () => runOnce(row, world, given)),
  );
  const problems = [
    ...exitProblems(row, ends),
    ...ends.flatMap((end) => outputProblems(row, world, end)),
    ...(row.leaves === true ? [] : await leftovers(world)),
  ];
  const output = ends.map(({ stderr, stdout }) => `${stderr}\n${stdout}`).join('\n');
  return { name: row.name, problems, searched: world.tap.secrets.size * 4 * ends.length, output };
}

async function runOnce(row: Row, world: World, given: object): Promise<JobEnd> {
  const argv = typeof row.argv === 'function' ? row.argv(world) : (row.argv ?? plainJob);
  const [command = '', ...rest] = argv;
  // What follows a dash dash is the command's own.
  return await runJob([command, '--output', 'json', ...rest], {
    env: world.env({ DEBUG: '*', ...given }),
    cwd: world.folder,
    temporary: world.temporary,
    stdin: await row.stdin?.(world),
  });
}

function exitProblems({ exitCode, together }: Row, ends: readonly JobEnd[]): string[] {
  const actual = ends.map((end) => end.exitCode).toSorted((one, other) => one - other);
  const wanted = together ?? [exitCode];
  if (actual.join() === wanted.join()) return [];
  return [`exit code ${actual.join()}, want ${wanted.join()}`];
}

function outputProblems(row: Row, world: World, end: JobEnd): string[] {
  const problems: string[] = [];
  const { stderr } = end;
  const isOne = row.together === undefined;
  if (isOne && row.says?.test(stderr) === false) problems.push(`does not say ${row.says}`);
  if (row.saysNot?.test(stderr) === true) problems.push(`says ${row.saysNot}`);
  if (/Unexpected:|This is a bug/.test(stderr)) problems.push('takes it for a bug of its own');
  const failed = row.check?.(world, end);
  if (failed !== undefined) problems.push(failed);
  return [...problems, ...sweep(world.tap.secrets, end)];
}

/** Every place that a job writes to or shows, searched for every secret in every form. */
export function sweep(secrets: ReadonlyMap<string, string>, end: JobEnd): readonly string[] {
  const places = ['stdout', 'stderr', 'arguments', 'files'] as const;
  return places.flatMap((place) =>
    leakedSecrets(end[place], secrets).map((what) => `LEAK: ${what} in ${place}`),
  );
}

/** A job that has said nothing of it leaves no key, and no token of its own. */
async function leftovers({ sandbox }: World): Promise<readonly string[]> {
  const endsAtMs = performance.now() + SETTLE_MS;
  for (;;) {
    const { leases, tokens } = sandbox.vault.snapshot();
    const own = tokens.filter(({ path }) => path.endsWith('/login'));
    if (leases.length + own.length === 0) return [];
    if (performance.now() > endsAtMs) {
      return [`leaves ${leases.length} keys and ${own.length} tokens`];
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
