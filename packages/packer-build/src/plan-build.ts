import { dirname, extname } from 'node:path';
import {
  assertAbsolute,
  assertDuration,
  assertKnownKeys,
  assertVariableNames,
} from './assert-options.ts';
import type { BuildOptions } from './build-options.ts';
import { systemClock } from './system-clock.ts';

type Optional = 'redact' | 'onEvent' | 'signal';

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
  assertVariableNames([...Object.keys(plan.variables), ...Object.keys(plan.secretVariables)]);
  for (const name of ['deadlineMs', 'idleMs', 'stopGraceMs'] as const) {
    assertDuration(name, plan[name]);
  }
  return plan;
}
