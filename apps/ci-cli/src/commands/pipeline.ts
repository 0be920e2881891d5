import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import type { Flags } from '../load-settings.ts';
import { build } from './build.ts';
import { deploy } from './deploy.ts';
import { test } from './test.ts';

/** The three stages one after the other; each still has its own key with its own role, as it has in jobs of its own. */
export async function pipeline(job: Job, flags: Flags): Promise<number> {
  const stages = { build, test, deploy };
  for (const [name, stage] of Object.entries(stages)) {
    const exitCode = await job.progress.section(name, `── ${name}`, () => stage(job, flags));
    if (exitCode !== exitCodes.ok) return exitCode;
  }
  return exitCodes.ok;
}
