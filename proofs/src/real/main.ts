import { randomInt } from 'node:crypto';
import { findTools } from './find-tools.ts';
import { findOpenApi } from './openapi/find-openapi.ts';
import { closingLine, count, problemsOf, reportLines } from './report-real.ts';
import { runReal } from './run-real.ts';
import { table } from './table.ts';

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
const outcome = await runReal({
  tools,
  openApi,
  seed,
  signal: interrupted.signal,
  onExo: ({ command, exitCode, ms, faults }) => {
    say(
      `${faults.length === 0 ? 'ok  ' : 'FAIL'} ${exitCode} ${String(ms).padStart(6)} ms  ${command}`,
    );
    for (const fault of faults) say(`       ${fault}`);
  },
});
for (const line of reportLines(outcome)) say(line);
const problems = problemsOf(outcome, tools, process.env.REAL === 'all');
for (const problem of problems) say(`FAIL ${problem}`);
say(closingLine(count(outcome, problems.length)));
process.exitCode = problems.length === 0 && count(outcome, 0).failed === 0 ? 0 : 1;
