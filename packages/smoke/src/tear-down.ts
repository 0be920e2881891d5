import { describeFault } from './describe-fault.ts';
import { poll } from './poll.ts';
import type { SmokeReport } from './smoke-report.ts';
import type { SmokeRun } from './smoke-run.ts';

export interface TeardownOutcome {
  /** `unknown`: there may be an instance, and neither its id nor its absence could be learnt. */
  readonly teardown: SmokeReport['teardown'] | 'unknown';
  readonly teardownDetail?: string;
}

/** How often an instance that never answered must be absent before it counts as not created. */
const LOOKS_FOR_LOST = 3;

/**
 * Deletes everything that is ours and sees it gone, on a time limit of its own: the caller's signal may be aborted
 * already, and then only shortens it. Never rejects.
 */
export async function tearDown(run: SmokeRun): Promise<TeardownOutcome> {
  const { plan, findings, emit } = run;
  if (findings.ownedIds.size === 0 && !findings.isCreationUnclear) {
    return { teardown: 'not-needed' };
  }
  const sweeper = createSweeper(run);
  using patience = startPatience(plan.signal, plan.teardown.cancelledTimeoutMs);
  const { timeoutMs, intervalMs } = plan.teardown;
  const limits = { clock: plan.clock, timeoutMs, intervalMs, signal: patience.signal };
  const outcome = await poll(sweeper.sweep, limits).catch(() => undefined);
  const teardown = outcome ?? sweeper.bestGuess();
  if (teardown !== undefined) return { teardown };

  const [id] = findings.ownedIds;
  const detail = sweeper.lastObservation();
  emit({ type: 'teardown-failed', id, detail });
  return { teardown: id === undefined ? 'unknown' : 'failed', teardownDetail: detail };
}

type Clean = 'deleted' | 'not-needed';

interface Sweeper {
  /** One attempt at everything that is left; `undefined` while something is. */
  readonly sweep: (signal: AbortSignal) => Promise<Clean | undefined>;
  /** What holds when the time is over: an absence that was seen, if not as often as we like. */
  readonly bestGuess: () => Clean | undefined;
  readonly lastObservation: () => string;
}

function createSweeper({ provider, plan, findings, emit }: SmokeRun): Sweeper {
  const accepted = new Set<string>();
  let lastObservation = 'the provider did not answer';
  let deletedCount = 0;
  let absentCount = 0;

  const cleanWord = (): Clean => (deletedCount > 0 ? 'deleted' : 'not-needed');

  const isGone = async (id: string, signal: AbortSignal): Promise<boolean> => {
    if (!accepted.has(id)) {
      await provider.delete(id, { signal });
      accepted.add(id);
      emit({ type: 'deletion-accepted', id });
    }
    const view = await provider.get(id, { signal });
    if (view !== undefined) lastObservation = `instance "${id}" is still "${view.state}"`;
    return view === undefined;
  };

  const sweepOnce = async (signal: AbortSignal): Promise<Clean | undefined> => {
    for (const id of findings.ownedIds) {
      if (!(await isGone(id, signal))) return undefined;
      findings.ownedIds.delete(id);
      deletedCount += 1;
      emit({ type: 'instance-deleted', id });
    }
    if (!findings.isCreationUnclear) return 'deleted';
    const found = await provider.findByName(plan.name, { signal });
    if (found !== undefined) {
      lastObservation = `instance "${found.id}" is still "${found.state}"`;
      findings.ownedIds.add(found.id);
      // Deleted in this very look: after a cancel there may be no other.
      return accepted.has(found.id) ? undefined : await sweepOnce(signal);
    }
    absentCount += 1;
    return absentCount < LOOKS_FOR_LOST ? undefined : cleanWord();
  };

  return {
    sweep: async (signal) => {
      try {
        return await sweepOnce(signal);
      } catch (error) {
        lastObservation = describeFault(error);
        return undefined;
      }
    },
    bestGuess: () => (absentCount > 0 && findings.ownedIds.size === 0 ? cleanWord() : undefined),
    lastObservation: () => lastObservation,
  };
}

interface Patience extends Disposable {
  readonly signal: AbortSignal;
}

/** Aborts some time after the caller's signal did. */
function startPatience(cancel: AbortSignal | undefined, graceMs: number): Patience {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const hurry = (): void => {
    timer = setTimeout(() => controller.abort(), graceMs);
  };
  cancel?.addEventListener('abort', hurry, { once: true });
  if (cancel?.aborted) hurry();
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      cancel?.removeEventListener('abort', hurry);
      clearTimeout(timer);
    },
  };
}
