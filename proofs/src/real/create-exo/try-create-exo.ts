import type { SandboxOptions } from '@exoship/sandbox';
import { openExoWorld } from '../exo/exo-world.ts';
import type { RealCheck } from '../real-check.ts';
import { hazards } from './hazards.ts';
import { openTrial } from './trial.ts';

/** What `createExo()` promises of the real `exo`, hazard by hazard. */
export async function tryCreateExo(
  binary: string,
  options: SandboxOptions,
  signal: AbortSignal,
): Promise<readonly RealCheck[]> {
  await using world = await openExoWorld(binary, options, signal);
  const trial = await openTrial(binary, world, signal);
  const checks: RealCheck[] = [];
  for (const { what, look } of hazards) {
    try {
      checks.push({ what: `createExo() ${what}`, holds: true, seen: await look(trial) });
    } catch (error) {
      const seen = error instanceof Error ? error.message : String(error);
      checks.push({ what: `createExo() ${what}`, holds: false, seen });
    }
  }
  return checks;
}
