import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDocket, type Docket, expectWell } from './docket.ts';
import { type ProveOptions, parseProveOptions, usage } from './options.ts';
import { proveMutations } from './prove-mutations.ts';
import { runJobs } from './run-jobs.ts';

const file = fileURLToPath(new URL('../../../../reports/prove/rollout.json', import.meta.url));

/** Resolves with 0 when every invariant held and every planted bug was noticed, else with 1. */
export async function proveRollout(
  argv: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  if (argv.includes('--help')) {
    say(usage);
    return 0;
  }
  const options = parseProveOptions(argv, randomInt(2 ** 31));
  const docket = createDocket(say);
  if (options.replay !== undefined) {
    const played = await expectWell(docket, 'replay', options.replay);
    say(played?.story ?? 'No end was reached');
    return docket.failures.length === 0 ? 0 : 1;
  }
  const startMs = performance.now();
  say(`seed ${options.seed}`);
  const parts = await proveParts(docket, options, say);
  const { failures, counts: invariants } = docket;
  const wallMs = Math.round(performance.now() - startMs);
  const report = { schema: 1, seed: options.seed, ...parts, invariants, failures, wallMs };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  const { seeded, caught } = parts.mutations;
  say(`${failures.length} failures, ${caught} of ${seeded} planted bugs noticed: ${file}`);
  return failures.length === 0 && caught === seeded ? 0 : 1;
}

async function proveParts(docket: Docket, options: ProveOptions, say: (line: string) => void) {
  const table = await proveMutations();
  const caught = table.filter(({ isCaught }) => isCaught).length;
  for (const { bug, breaks, caughtBy, isCaught } of table) {
    say(
      `${isCaught ? 'noticed' : 'NOT NOTICED'}: ${bug} (${breaks.join()}; by ${caughtBy.join()})`,
    );
  }
  const { httpCrashPoints, httpCrashPairs, httpSequences, ...played } = await runJobs(
    options,
    docket,
    say,
  );
  return {
    ...played,
    throughHttp: {
      crashPoints: httpCrashPoints,
      crashPairs: httpCrashPairs,
      sequences: httpSequences,
    },
    mutations: { seeded: table.length, caught, table },
  };
}
