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
    [
      'rollout',
      rollout === null
        ? 'not run'
        : `${rollout.outcome} in ${(rollout.wallMs / 1000).toFixed(1)} s`,
    ],
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
  return rows.map(([name, text]) => `${name.padEnd(12)}${text}`).join('\n');
}

function code(exitCode: number | null): string {
  return exitCode === null ? 'not run' : String(exitCode);
}
