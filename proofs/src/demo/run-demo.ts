import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createExoscale } from '@exoship/exoscale-api';
import { startSandbox } from '@exoship/sandbox';
import { startLoad } from '../load/load.ts';
import { chooseAppPort } from './app-port.ts';
import { askMachines, keepConsoles } from './ask-machines.ts';
import { jobPath } from './ci-job.ts';
import { commitOf } from './commit-of.ts';
import { demoLatencies } from './latencies.ts';
import type { DemoOptions } from './options.ts';
import { choosePace } from './pace.ts';
import { openPipeline } from './pipeline.ts';
import { renderTable } from './render-table.ts';
import { ship } from './ship.ts';
import { createStopwatch } from './stopwatch.ts';
import { summarize } from './summarize.ts';
import { disappointments } from './summary.ts';
import { watchCloud } from './watch-cloud.ts';
import { makeWorld } from './world.ts';

const reportFolder = fileURLToPath(new URL('../../../reports/demo/', import.meta.url));
const WANTED_PORT = 8080;

/**
 * Ships hello to a pool that serves, under load; returns 0 when what this release should lead to is what happened.
 * `path` is where the tools of machines are looked for.
 */
export async function runDemo(
  options: DemoOptions,
  say: (line: string) => void,
  signal: AbortSignal,
  path: string = jobPath,
): Promise<number> {
  const stopwatch = createStopwatch();
  const { time } = stopwatch;
  const pace = await time(options.vm ? 'base image' : 'set-up', () =>
    choosePace(options, { path, say, signal }),
  );
  if (typeof pace === 'number') return pace;
  const appPort = await chooseAppPort(WANTED_PORT);
  if (appPort !== WANTED_PORT) say(`port ${WANTED_PORT} is taken: instances listen on ${appPort}`);
  say(`seed ${options.seed}, release ${options.release}, pool of ${options.poolSize}`);
  await using sandbox = await startSandbox({
    seed: options.seed,
    appPort,
    latencies: demoLatencies,
    quotas: { instance: 4 * options.poolSize + 2 },
    ...pace.sandbox,
    signal,
  });
  say(`sandbox up: API ${sandbox.apiEndpoint}, Vault ${sandbox.vaultAddress}`);
  const job = { sandbox, appPort, options, say, signal };

  say('\nversion A: the same code path, another commit');
  await using before = await openPipeline({ ...job, commit: commitOf('A', options) });
  const versionA = await time('build A', () => before.run(['build', ...pace.buildArguments]));
  if (versionA.exitCode !== 0) return 1;
  const templateA = (versionA.result.template as { templateId: string }).templateId;

  say('\npool hello-app and its load balancer, over the API');
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
  });
  const { poolSize } = options;
  const { servingDeadlineMs } = pace;
  const request = { templateId: templateA, poolSize, appPort, sandbox, signal, servingDeadlineMs };
  const world = await time('pool of A serves', () => makeWorld(exoscale, request)).catch(
    async (error: unknown) => {
      for (const { consoleFile } of await keepConsoles(sandbox)) say(`console: ${consoleFile}`);
      throw error;
    },
  );
  using watch = watchCloud(sandbox.cloud);
  await using load = startLoad({
    target: { host: world.address, port: world.port },
    ratePerSecond: pace.ratePerSecond,
    maxDurationMs: pace.maxLoadMs,
    body: 'Hello, World!',
    memberOf: (localPort) => sandbox.balancers.get(world.serviceId)?.memberOf(localPort),
  });

  say('\nversion B: build, test, deploy, under load');
  await using after = await openPipeline({ ...job, commit: commitOf('B', options) });
  const { buildArguments, leastRequests } = pace;
  const shipped = await ship(after, options, { buildArguments, stopwatch });
  const traffic = await load.stop();

  const machines = options.vm ? await askMachines(sandbox, appPort) : null;
  const { phases } = stopwatch;
  const seen = { machines, phases };
  const summary = summarize({ options, sandbox, world, watch, shipped, traffic, templateA, seen });
  await mkdir(reportFolder, { recursive: true });
  await writeFile(`${reportFolder}summary.json`, `${JSON.stringify(summary, null, 2)}\n`);
  say(`\n${renderTable(summary)}`);
  const problems = disappointments(summary, { ...options, leastRequests });
  for (const problem of problems) say(`NOT AS IT SHOULD BE: ${problem}`);
  if (problems.length > 0) {
    for (const failure of traffic.failed.slice(0, 10)) say(`  ${JSON.stringify(failure)}`);
  }
  say(problems.length === 0 ? 'as it should be' : 'see reports/demo/summary.json');
  return problems.length === 0 ? 0 : 1;
}
