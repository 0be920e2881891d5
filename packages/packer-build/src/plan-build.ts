import { dirname, extname } from 'node:path';
import {
  assertAbsolute,
  assertDuration,
  assertEnvironment,
  assertGiven,
  assertKnownKeys,
  assertVariableNames,
} from './assert-options.ts';
import type { BuildOptions } from './build-options.ts';
import { trusting } from './seed-image.ts';
import { systemClock } from './system-clock.ts';

type Optional = 'sshKey' | 'seed' | 'cwd' | 'redact' | 'onEvent' | 'signal';

/** The options with every default filled in. */
export type BuildPlan = {
  readonly [Key in Exclude<keyof BuildOptions, Optional>]-?: Exclude<BuildOptions[Key], undefined>;
} & Pick<BuildOptions, Optional> & {
    /** The folder of the template, or the template that is one. */
    readonly templateFolder: string;
  };

const PHASE_DEADLINES_MS = { uploading: 1_800_000, registering: 1_800_000 };

/** @throws TypeError or RangeError naming the option that cannot be used. */
export function planBuild(options: BuildOptions): BuildPlan {
  assertGiven('buildTemplate', options);
  assertAbsolute('template', options.template);
  assertAbsolute('folder', options.folder);
  assertEnvironment(options.env);
  const { template } = options;
  const plan: BuildPlan = {
    template,
    folder: options.folder,
    env: options.env,
    inherit: options.inherit ?? [],
    variables: options.variables ?? {},
    secretVariables: options.secretVariables ?? {},
    sshKey: options.sshKey,
    seed: options.seed && {
      variable: options.seed.variable,
      userData: options.seed.userData ?? trustingUserData(options),
    },
    only: options.only ?? [],
    plugins: options.plugins ?? template,
    cwd: options.cwd,
    // A template without extension is a folder of templates.
    templateFolder: extname(template) === '' ? template : dirname(template),
    binary: options.binary ?? 'packer',
    redact: options.redact,
    onEvent: options.onEvent,
    lastTimings: options.lastTimings ?? [],
    deadlineMs: options.deadlineMs ?? 3_600_000,
    pluginsDeadlineMs: options.pluginsDeadlineMs ?? 300_000,
    phaseDeadlinesMs: { ...PHASE_DEADLINES_MS, ...options.phaseDeadlinesMs },
    idleMs: options.idleMs ?? 1_800_000,
    stopGraceMs: options.stopGraceMs ?? 2_000,
    clock: options.clock ?? systemClock,
    signal: options.signal,
  };
  const { templateFolder: _, ...known } = plan;
  assertKnownKeys('buildTemplate', options, Object.keys(known));
  for (const name of ['plugins', 'cwd'] as const) {
    const path = plan[name];
    if (path !== undefined) assertAbsolute(name, path);
  }
  const ours = [plan.sshKey?.variable, plan.seed?.variable].filter((name) => name !== undefined);
  const names = [plan.variables, plan.secretVariables].flatMap((given) => Object.keys(given));
  assertVariableNames([...names, ...ours]);
  for (const name of ['deadlineMs', 'pluginsDeadlineMs', 'idleMs', 'stopGraceMs'] as const) {
    assertDuration(name, plan[name]);
  }
  for (const [phase, ms] of Object.entries(plan.phaseDeadlinesMs)) {
    assertDuration(`phaseDeadlinesMs.${phase}`, ms);
  }
  return plan;
}

function trustingUserData({ sshKey }: BuildOptions): string {
  if (sshKey === undefined) throw new TypeError('"seed" needs "userData", or "sshKey" to trust');
  return trusting(sshKey.key.publicKey);
}
