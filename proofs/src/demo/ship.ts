import { canaryConfig } from './canary-config.ts';
import type { DemoOptions } from './options.ts';
import type { Pace } from './pace.ts';
import { configOf, type JobResult, type Pipeline } from './pipeline.ts';
import type { Stopwatch } from './stopwatch.ts';

/** What the stages of one pipeline left behind. */
export interface Shipped {
  readonly build: JobResult;
  /** Absent when it was skipped. */
  readonly test?: JobResult | undefined;
  /** Absent when the stage before it failed. */
  readonly deploy?: JobResult | undefined;
  /** The rollout's own events, as it wrote them. */
  readonly events: readonly RolloutEvent[];
}

interface RolloutEvent {
  readonly type: string;
  readonly at: string;
  readonly member?: string;
}

/** The pipeline as `.gitlab-ci.yml` has it: a stage runs when the one before it succeeded. */
export async function ship(
  pipeline: Pipeline,
  options: DemoOptions,
  { buildArguments, stopwatch }: Pick<Pace, 'buildArguments'> & { readonly stopwatch: Stopwatch },
): Promise<Shipped> {
  const { time } = stopwatch;
  const release = ['--var', `release=${options.release}`];
  const build = await time('build B', () => pipeline.run(['build', ...release, ...buildArguments]));
  if (build.exitCode !== 0) return { build, events: [] };
  const test = options.skipTest ? undefined : await time('test B', () => pipeline.run(['test']));
  if (test !== undefined && test.exitCode !== 0) return { build, test, events: [] };
  const untested = options.skipTest ? ['--untested'] : [];
  const flags = ['--exclusive', '--events', 'events.jsonl', ...untested];
  const strategy = await strategyFlags(pipeline, options);
  const deploy = await time('deploy B', () => pipeline.run(['deploy', ...flags, ...strategy]));
  const events = await pipeline.readFile('events.jsonl');
  return {
    build,
    test,
    deploy,
    events: events
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
}

/** A strategy is chosen by the environment; only a canary needs more than its name. */
async function strategyFlags(pipeline: Pipeline, options: DemoOptions): Promise<readonly string[]> {
  if (options.strategy !== 'canary') return [];
  await pipeline.writeFile('exoship.canary.yaml', await canaryConfig(configOf(options)));
  return ['--config', 'exoship.canary.yaml'];
}
