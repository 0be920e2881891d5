import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { countRoundTrips, type RoundTrips, tooMany } from './count-round-trips.ts';
import { faultList } from './fault-list.ts';
import { type CredentialsOptions, parseCredentialsOptions } from './options.ts';
import type { Row } from './row.ts';
import { type LongJob, longJobProblems, runLongJob } from './run-long-job.ts';
import { type RowResult, runRow } from './run-row.ts';
import { rightsProblems, useOfRights } from './use-of-rights.ts';

const reportFolder: string = fileURLToPath(new URL('../../../../reports/prove/', import.meta.url));
const LANES = 2;
const BAKE_SECONDS = 50;

interface Violation {
  readonly what: string;
  readonly problems: readonly string[];
  readonly output: string;
}

/**
 * The fault list of credentials, row by row, each with a search for every secret in everything that a job shows or
 * writes; a job that outlasts its keys; and the round trips that it all costs.
 */
export async function proveCredentials(
  argv: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const options = parseCredentialsOptions(argv, randomInt(2 ** 32));
  const results = await playList(options, say);
  const isAll = options.only === undefined;
  const longJob = isAll
    ? await runLongJob({ seed: options.seed, bakeSeconds: BAKE_SECONDS })
    : undefined;
  const roundTrips = isAll ? await countRoundTrips(options.seed) : [];
  const rights = isAll ? await useOfRights(options.seed) : [];
  const skipped = isAll ? skippedRows() : [];
  const violations = [
    ...results.map(({ name, problems, output }) => ({ what: name, problems, output })),
    ...violationsOf(longJob, roundTrips),
    { what: 'rights of the stages', problems: rightsProblems(rights), output: '' },
  ].filter(({ problems }) => problems.length > 0);

  const { output: _output, ...figures } = longJob ?? {};
  const searched = results.reduce((sum, result) => sum + result.searched, 0);
  const leaks = violations.flatMap(({ problems }) => problems.filter((one) => /LEAK/.test(one)));
  const report = {
    seed: options.seed,
    cases: results.length,
    skipped,
    violations: violations.map(({ what, problems }) => ({ what, problems })),
    searches: searched,
    leaks: leaks.length,
    longJob: figures,
    roundTrips,
    rights,
  };
  // A part of it is no report.
  if (isAll) {
    await mkdir(reportFolder, { recursive: true });
    await writeFile(`${reportFolder}credentials.json`, `${JSON.stringify(report, null, 2)}\n`);
  }
  for (const { name, why } of skipped) say(`skipped  ${name}: ${why}`);
  sayFigures(say, longJob, roundTrips);
  for (const { stage, allowed, unused, missing } of rights) {
    say(
      `rights of ${stage}: ${allowed}, ${unused.length} of them unused, ${missing.length} missing`,
    );
  }
  for (const { what, problems, output } of violations) {
    say(`\nVIOLATED ${what}: ${problems.join('; ')}\n${output}`);
  }
  say(
    `${report.cases} cases, ${skipped.length} skipped, ${searched} searches for secrets, ${leaks.length} hits, ${violations.length} violated; repeat with --seed ${options.seed}`,
  );
  return violations.length === 0 ? 0 : 1;
}

async function playList(
  { seed, runs, only }: CredentialsOptions,
  say: (line: string) => void,
): Promise<readonly RowResult[]> {
  const all = faultList.flatMap(({ name, rows }) => rows.map((row) => ({ group: name, row })));
  const chosen = all.filter(({ row }) => only === undefined || row.name.includes(only));
  if (chosen.length === 0) throw new RangeError(`No row's name contains "${only}"`);
  const work = Array.from({ length: runs }, () => chosen).flat();
  const results: RowResult[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < work.length; index = next++) {
      const { group, row } = work[index] as { group: string; row: Row };
      const result = await runRow(row, (seed + index) % 2 ** 32);
      results.push({ ...result, name: `${group}: ${row.name}` });
      say(`${result.problems.length === 0 ? 'ok      ' : 'VIOLATED'} ${group}: ${row.name}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}

function skippedRows(): readonly { readonly name: string; readonly why: string }[] {
  const real = {
    name: 'contract suite against a real Vault or OpenBao with the real plugin',
    why: 'not part of this proof: see pnpm test:real and VAULT_TEST_ADDR',
  };
  return [...faultList.flatMap(({ skipped }) => skipped), real];
}

function violationsOf(
  longJob: LongJob | undefined,
  roundTrips: readonly RoundTrips[],
): readonly Violation[] {
  return [
    ...(longJob === undefined
      ? []
      : [
          {
            what: 'a job that outlasts its keys',
            problems: longJobProblems(longJob),
            output: longJob.output,
          },
        ]),
    { what: 'round trips', problems: tooMany(roundTrips), output: '' },
  ];
}

function sayFigures(
  say: (line: string) => void,
  longJob: LongJob | undefined,
  roundTrips: readonly RoundTrips[],
): void {
  if (longJob !== undefined) {
    const { seconds, keyTtlSeconds, apiCalls, refusedCalls, keysMinted, logins } = longJob;
    say(
      `\na job of ${seconds} s with keys of ${keyTtlSeconds} s: ${apiCalls} API calls, ${refusedCalls} refused, ${keysMinted} keys, ${logins} logins, ${longJob.mostKeysAlive} keys alive at most, ${longJob.keysLeft} at the end`,
    );
  }
  for (const { way, toKey, beside, cleanup, keysLeft, tokensLeft } of roundTrips) {
    say(
      `round trips, ${way}: ${toKey} to the key${beside > 0 ? ` (+${beside} beside)` : ''}, ${cleanup} to give back; leaves ${keysLeft} keys, ${tokensLeft} tokens`,
    );
  }
}
