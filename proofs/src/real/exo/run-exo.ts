import type { SandboxOptions } from '@exoship/sandbox';
import { changeSteps, removeSteps } from './change-steps.ts';
import type { ExoStep } from './exo-case.ts';
import { openExoWorld } from './exo-world.ts';
import { failureSteps } from './failure-steps.ts';
import { makeSteps } from './make-steps.ts';
import { emptyAccountSteps, fullAccountSteps } from './read-steps.ts';
import { type ExoResult, runExoCases } from './run-exo-cases.ts';

/** One history: what is made by one step is looked at, changed and removed by later ones. */
const steps: readonly ExoStep[] = [
  ...emptyAccountSteps,
  ...makeSteps,
  ...fullAccountSteps,
  ...failureSteps,
  ...changeSteps,
  ...removeSteps,
];

/** Runs the real `exo` against a sandbox of its own. */
export async function runExo(
  binary: string,
  options: SandboxOptions,
  onResult: (result: ExoResult) => void,
  signal?: AbortSignal,
): Promise<readonly ExoResult[]> {
  await using world = await openExoWorld(binary, options, signal);
  return await runExoCases(world, steps, onResult);
}
