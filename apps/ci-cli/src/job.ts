import { type CleanupLedger, createCleanupLedger } from './cleanup-ledger.ts';
import type { Context } from './context.ts';
import { createProgress, type Progress } from './render/progress.ts';

/** One invocation of the CLI: its surroundings, its voice and its books. */
export interface Job {
  readonly context: Context;
  readonly progress: Progress;
  readonly cleanup: CleanupLedger;
  /** Fields of the final result, printed to stdout by `--output json`. */
  readonly result: Record<string, unknown>;
}

export function createJob(context: Context): Job {
  return {
    context,
    progress: createProgress(context),
    cleanup: createCleanupLedger(),
    result: {},
  };
}
