import type { MachineAnswer } from './ask-machines.ts';
import type { PhaseTime } from './stopwatch.ts';

/** `reports/demo/summary.json`: what a script reads after the demo. */
export interface DemoSummary {
  readonly seed: number;
  readonly release: string;
  readonly strategy: string | null;
  /** Exit codes; null when the stage was not run. */
  readonly stages: {
    readonly build: number | null;
    readonly test: number | null;
    readonly deploy: number | null;
  };
  readonly template: { readonly id: string; readonly name: string } | null;
  readonly smoke: { readonly passed: boolean; readonly readyAfterMs: number | null } | null;
  readonly rollout: {
    readonly outcome: string;
    readonly from: string;
    readonly to: string;
    readonly size: number;
    /** Fewest members in rotation that answered their last probe, at any moment since the load began. */
    readonly minServing: number;
    readonly wallMs: number;
  } | null;
  readonly traffic: {
    readonly requests: number;
    readonly dropped: number;
    readonly errorsFromUnproven: number;
  };
  /** API keys of the jobs; the sandbox's own administrator key is not counted. */
  readonly keys: { readonly minted: number; readonly revoked: number; readonly live: number };
  readonly instances: {
    readonly total: number;
    readonly onNewTemplate: number;
    /** Alive, but no member of the pool. */
    readonly leaked: number;
  };
  readonly phases: readonly PhaseTime[];
  /** What the members said themselves; with `--vm` only. */
  readonly machines: readonly MachineAnswer[] | null;
}

export interface Wanted {
  readonly poolSize: number;
  readonly skipTest: boolean;
  readonly leastRequests: number;
}

/** What this release should lead to; a sentence for each expectation that does not hold. */
export function disappointments(summary: DemoSummary, wanted: Wanted): readonly string[] {
  const problems: string[] = [];
  const expect = (holds: boolean, sentence: string): void => {
    if (!holds) problems.push(sentence);
  };
  const { stages, traffic, keys, instances, rollout, smoke } = summary;
  const isGood = summary.release === 'good';
  expect(stages.build === 0, `build should exit 0, not ${stages.build}`);
  if (wanted.skipTest) expect(stages.test === null, 'test should not run');
  else
    expect(
      stages.test === (isGood ? 0 : 13),
      `test should exit ${isGood ? 0 : 13}, not ${stages.test}`,
    );
  if (!wanted.skipTest) expect(smoke?.passed === isGood, `smoke test passed: ${smoke?.passed}`);
  const deploys = isGood || wanted.skipTest;
  const deployed = !deploys ? null : isGood ? 0 : 14;
  expect(stages.deploy === deployed, `deploy should exit ${deployed}, not ${stages.deploy}`);
  if (deploys) {
    const outcome = isGood ? 'completed' : 'rolled-back';
    expect(rollout?.outcome === outcome, `rollout should be ${outcome}, not ${rollout?.outcome}`);
    const minServing = rollout?.minServing ?? -1;
    expect(
      minServing >= wanted.poolSize,
      `${minServing} of ${wanted.poolSize} members were serving at worst`,
    );
  }
  expect(traffic.dropped === 0, `${traffic.dropped} requests were dropped`);
  const isMuch = traffic.requests >= wanted.leastRequests;
  if (isGood) expect(isMuch, `only ${traffic.requests} requests were made`);
  for (const { name, answer, bootedAs } of summary.machines ?? []) {
    const isOwn = answer === name && bootedAs !== null;
    expect(isOwn, `${name} should answer from a machine of its own, not as ${answer}`);
  }
  const exposes = summary.release === 'bad-app' && wanted.skipTest;
  expect(
    exposes ? traffic.errorsFromUnproven > 0 : isGood || traffic.errorsFromUnproven === 0,
    `${traffic.errorsFromUnproven} errors from unproven members`,
  );
  expect(keys.live === 0, `${keys.live} keys are alive`);
  expect(instances.leaked === 0, `${instances.leaked} instances leaked`);
  expect(
    instances.total === wanted.poolSize,
    `${instances.total} instances instead of ${wanted.poolSize}`,
  );
  const onNew = isGood ? wanted.poolSize : 0;
  expect(
    instances.onNewTemplate === onNew,
    `${instances.onNewTemplate} of ${onNew} members on the new template`,
  );
  return problems;
}
