import { resolve } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import type { Flags } from '../load-settings.ts';
import { drawRolloutReport } from '../render/rollout-report.ts';

/** Draws the events of an earlier rollout again: the same page that the rollout itself would have written. */
export async function rolloutReport(
  { context, progress }: Job,
  flags: Flags,
  operands: readonly string[],
): Promise<number> {
  const events = resolve(context.cwd, operands[0] ?? '');
  const page = resolve(context.cwd, String(flags.out));
  await drawRolloutReport(events, page);
  progress.line(`report written to ${page}`);
  return exitCodes.ok;
}
