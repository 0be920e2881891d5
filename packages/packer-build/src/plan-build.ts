import { dirname, extname } from 'node:path';
import {
  assertAbsolute,
  assertDuration,
  assertKnownKeys,
  assertVariableNames,
} from './assert-options.ts';
import type { BuildOptions } from './build-options.ts';
import { trusting } from './seed-image.ts';
import { systemClock } from './system-clock.ts';

type Optional = 'sshKey' | 'seed' | 'redact' | 'onEvent' | 'signal';

/** The options with every default filled in. */
export type BuildPlan = {
  readonly [Key in Exclude<keyof BuildOptions, Optional>]-?: Exclude<BuildOptions[Key], undefined>;
} & Pick<BuildOptions, Optional>;

/** @throws TypeError or RangeError naming the option that cannot be used. */
export function planBuild(options: BuildOptions): BuildPlan {
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
    // A template without extension is a folder of templates.
    cwd: options.cwd ?? (extname(template) === '' ? template : dirname(template)),
    binary: options.binary ?? 'packer',
    redact: options.redact,
    onEvent: options.onEvent,
    deadlineMs: options.deadlineMs ?? 3_600_000,
    idleMs: options.idleMs ?? 1_800_000,
    stopGraceMs: options.stopGraceMs ?? 2_000,
    clock: options.clock ?? systemClock,
    signal: options.signal,
  };
  assertKnownKeys('buildTemplate', options, Object.keys(plan));
  assertAbsolute('template', plan.template);
  assertAbsolute('folder', plan.folder);
  assertAbsolute('cwd', plan.cwd);
  const ours = [plan.sshKey?.variable, plan.seed?.variable].filter((name) => name !== undefined);
  const names = [plan.variables, plan.secretVariables].flatMap((given) => Object.keys(given));
  assertVariableNames([...names, ...ours]);
  for (const name of ['deadlineMs', 'idleMs', 'stopGraceMs'] as const) {
    assertDuration(name, plan[name]);
  }
  return plan;
}

function trustingUserData({ sshKey }: BuildOptions): string {
  if (sshKey === undefined) throw new TypeError('"seed" needs "userData", or "sshKey" to trust');
  return trusting(sshKey.key.publicKey);
}
