import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDocket, type Docket, expectWell } from './docket.ts';
import { type ProveOptions, parseProveOptions, usage } from './options.ts';
import { proveControls } from './prove-controls.ts';
import { proveCrashes } from './prove-crashes.ts';
import { proveExhaustively } from './prove-exhaustively.ts';
import { proveMutations } from './prove-mutations.ts';
import { proveSequences } from './prove-sequences.ts';
import { proveSwitches } from './prove-switches.ts';

const file = fileURLToPath(new URL('../../../../reports/prove/rollout.json', import.meta.url));
const deepRuns = 10_000;

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
  const { seed, runs } = options;
  const isDeep = runs >= deepRuns;
  const pairs = Math.max(180, Math.ceil(runs / 10));
  const table = await proveMutations();
  const caught = table.filter(({ isCaught }) => isCaught).length;
  for (const { bug } of table.filter((row) => !row.isCaught)) say(`not noticed: ${bug}`);
  say(`planted bugs: ${caught} of ${table.length} noticed`);
  await proveControls(docket, seed);
  const crashes = await proveCrashes(docket, { seed, pairs });
  say(`crashes: ${crashes.crashPoints} single, ${crashes.crashPairs} double`);
  const isThroughHttp = true;
  const names = isDeep ? undefined : ['one by one'];
  const httpCrashes = await proveCrashes(docket, { seed, pairs: 10, names, isThroughHttp });
  const httpRuns = Math.ceil(runs / 50);
  const httpSequences = await proveSequences(docket, { seed, runs: httpRuns, isThroughHttp });
  say(`through HTTP: ${httpCrashes.crashPoints} crashes, ${httpSequences} sequences`);
  const switchCombinations = await proveSwitches(docket, { seed });
  say(`switches: ${switchCombinations} combinations`);
  const exhaustive = await proveExhaustively(docket, { seed, largest: 3, isDeep });
  say(`exhaustive: ${exhaustive} cases`);
  const sequences = await proveSequences(docket, { seed, runs });
  say(`sequences: ${sequences}`);
  return {
    ...crashes,
    sequences,
    exhaustive,
    switchCombinations,
    throughHttp: { ...httpCrashes, sequences: httpSequences },
    mutations: { seeded: table.length, caught, table },
  };
}
