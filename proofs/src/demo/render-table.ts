import type { DemoSummary } from './summary.ts';

/** The end of the demo, for people. */
export function renderTable(summary: DemoSummary): string {
  const { stages, smoke, rollout, traffic, keys, instances } = summary;
  const rows: readonly (readonly [string, string])[] = [
    [
      'stages',
      `build ${code(stages.build)}, test ${code(stages.test)}, deploy ${code(stages.deploy)}`,
    ],
    [
      'smoke test',
      smoke === null
        ? 'not run'
        : `${smoke.passed ? 'passed' : 'failed'}, ready after ${smoke.readyAfterMs ?? '—'} ms`,
    ],
    ['rollout', rollout === null ? 'not run' : `${rollout.outcome} in ${seconds(rollout.wallMs)}`],
    [
      'serving',
      rollout === null ? '—' : `never fewer than ${rollout.minServing} of ${rollout.size}`,
    ],
    [
      'requests',
      `${traffic.requests}, ${traffic.dropped} dropped, ${traffic.errorsFromUnproven} errors from unproven members`,
    ],
    ['API keys', `${keys.minted} minted, ${keys.revoked} revoked, ${keys.live} alive`],
    [
      'instances',
      `${instances.total}, ${instances.onNewTemplate} on the new template, ${instances.leaked} leaked`,
    ],
  ];
  const machines = (summary.machines ?? []).map(
    ({ name, bootedAs, version, consoleFile }): readonly [string, string] => [
      'machine',
      `${name} answers hello ${version}: ${bootedAs ?? 'nothing on its console'}; ${consoleFile}`,
    ],
  );
  const phases = summary.phases.map(({ phase, wallMs }) => `${phase} ${seconds(wallMs)}`);
  const totalMs = summary.phases.reduce((sum, { wallMs }) => sum + wallMs, 0);
  const wall: readonly [string, string] = [
    'wall',
    `${phases.join(', ')}; ${seconds(totalMs)} in all`,
  ];
  return [...rows, ...machines, wall].map(([name, text]) => `${name.padEnd(12)}${text}`).join('\n');
}

function code(exitCode: number | null): string {
  return exitCode === null ? 'not run' : String(exitCode);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
