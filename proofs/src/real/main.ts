import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { table } from '../table.ts';
import { findTools } from './find-tools.ts';
import { findOpenApi } from './openapi/find-openapi.ts';
import { createOpenApiCheck } from './openapi/openapi-check.ts';
import { closingLine, count, problemsOf, reportLines } from './report-real.ts';
import { runCreateExo, runVault } from './run-ours.ts';
import { runReal } from './run-real.ts';

const reports = fileURLToPath(new URL('../../../reports/', import.meta.url));
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort(new Error(`Interrupted by ${signal}`)));
}

const seed = Number(process.env.SEED ?? randomInt(2 ** 32));
const tools = await findTools(process.env, interrupted.signal);
const openApi = findOpenApi(process.env);
for (const line of table([
  ...Object.entries(tools).map(([name, { file, detail }]) => [
    name,
    file === undefined ? 'missing' : 'found',
    detail,
  ]),
  ['OpenAPI file', openApi === undefined ? 'missing' : 'found', openApi ?? 'set EXOSCALE_OPENAPI'],
])) {
  say(line);
}
say(`\nseed ${seed}`);
const options = {
  tools,
  check: openApi === undefined ? undefined : await createOpenApiCheck(openApi),
  seed,
  signal: interrupted.signal,
};
// First, so that the description judges what these were answered, too.
const vault = await runVault(options);
const createExo = await runCreateExo(options);
const real = await runReal({
  ...options,
  onExo: ({ command, exitCode, ms, faults }) => {
    say(
      `${faults.length === 0 ? 'ok  ' : 'FAIL'} ${exitCode} ${String(ms).padStart(6)} ms  ${command}`,
    );
    for (const fault of faults) say(`       ${fault}`);
  },
});
const outcome = { ...real, vault, createExo };
for (const line of reportLines(outcome)) say(line);
const problems = problemsOf(outcome, tools, process.env.REAL === 'all');
for (const problem of problems) say(`FAIL ${problem}`);
const counts = count(outcome, problems.length);
await mkdir(reports, { recursive: true });
await writeFile(`${reports}real-counts.json`, `${JSON.stringify(counts)}\n`);
say(closingLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
