import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findTools } from '../../real/find-tools.ts';
import { findOpenApi } from '../../real/openapi/find-openapi.ts';
import { createOpenApiCheck } from '../../real/openapi/openapi-check.ts';
import { reportLines } from '../../real/report-real.ts';
import { runReal } from '../../real/run-real.ts';
import { table } from '../../table.ts';
import { parseExoscaleOptions } from './options.ts';
import { proveFaults } from './prove-faults.ts';
import { proveImport } from './prove-import.ts';
import { type ExoscaleReport, type ExoscaleResults, summarize } from './summarize.ts';

const folder = fileURLToPath(new URL('../../../../reports/prove/', import.meta.url));

/** Proves the client and the sandbox by each other, by the real tools, and by Exoscale's description of its API. */
export async function proveExoscale(
  argv: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const options = parseExoscaleOptions(argv, randomInt(2 ** 32));
  const { seed, sizeMiB, kills } = options;
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort(new Error('Interrupted'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const { signal } = interrupted;
  say(`seed ${seed}`);

  const openApi = findOpenApi(process.env);
  const check = openApi === undefined ? undefined : await createOpenApiCheck(openApi);
  const faults = await proveFaults(seed, check?.judge ?? (() => undefined), signal);
  for (const line of table(
    faults.map(({ name, outcome, made, ms, faults: wrong }) => [
      wrong.length === 0 ? 'ok' : 'FAIL',
      name,
      outcome,
      `${made} made`,
      `${ms} ms`,
      wrong.join('; '),
    ]),
  )) {
    say(line.trimEnd());
  }
  const imported = await proveImport({ seed, sizeMiB, kills, say, signal });
  const tools = await findTools(process.env, signal);
  const real = await runReal({
    tools,
    check,
    seed,
    signal,
    onExo: ({ command, faults: wrong }) => {
      for (const fault of wrong) say(`FAIL ${command}: ${fault}`);
    },
  });
  for (const line of reportLines(real)) say(line);
  return await conclude({ seed, faults, imported, real }, say);
}

async function conclude(results: ExoscaleResults, say: (line: string) => void): Promise<number> {
  const report: ExoscaleReport = summarize(results);
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}exoscale.json`, `${JSON.stringify(report, null, 2)}\n`);
  say('');
  for (const violation of report.violations) say(`VIOLATION ${violation}`);
  say(report.violations.length === 0 ? 'nothing was violated' : 'see reports/prove/exoscale.json');
  return report.violations.length === 0 ? 0 : 1;
}
