import { bounded } from './bounded.ts';
import { readClock } from './clock.ts';
import { RolloutError } from './error.ts';
import type { MutationCall, RolloutEventBody } from './events.ts';
import type { CallOptions, Observation, Pool, PoolFault } from './pool.ts';
import type { RolloutRecord } from './record.ts';
import type { Spec } from './spec.ts';

/** One controller at work: its pool, its clock, its voice, and what it has counted. */
export interface Session {
  readonly spec: Spec;
  readonly pool: Pool;
  /** Our name in the lease: unlike any other controller's. */
  readonly me: string;
  readonly startedMs: number;
  rolloutId: string;
  readonly counts: { reads: number; mutations: number };
  readonly replaced: Set<string>;
  /** Drained and still there. */
  draining: readonly string[];
  /** As it was last seen on the pool. */
  record: RolloutRecord | undefined;
  minServing: number | undefined;
  peak: number | undefined;
  /** Why it had to go back. */
  failure: string | undefined;
  emit(body: RolloutEventBody): void;
}

export function openSession(pool: Pool, spec: Spec, rolloutId: string): Session {
  let seq = 0;
  const session: Session = {
    spec,
    pool,
    me: `${spec.owner}/${spec.createId()}`,
    startedMs: spec.clock.monotonicMs(),
    rolloutId,
    counts: { reads: 0, mutations: 0 },
    replaced: new Set(),
    draining: [],
    record: undefined,
    minServing: undefined,
    peak: undefined,
    failure: undefined,
    emit: (body) => {
      seq += 1;
      try {
        spec.onEvent?.({
          schema: 1,
          seq,
          at: spec.clock.now(),
          rolloutId: session.rolloutId,
          ...body,
        });
      } catch {
        // A listener must not be able to leave a pool half rolled out.
      }
    },
  };
  return session;
}

const LONGEST_BACKOFF_MS = 30_000;

/**
 * Reads the pool, again and again until the progress deadline.
 *
 * @throws RolloutError when it cannot be read.
 */
export async function observe(session: Session): Promise<Observation> {
  const { clock, gate, progressDeadlineMs, signal, callTimeoutMs } = session.spec;
  const deadlineMs = clock.monotonicMs() + progressDeadlineMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      session.counts.reads += 1;
      return await bounded(clock, callTimeoutMs, signal, (inner) =>
        session.pool.observe({ signal: inner }),
      );
    } catch (error) {
      signal?.throwIfAborted();
      const reason = reasonOf(error);
      if (reason === 'forbidden') throw unreadable('pool-forbidden', error);
      if (reason === 'gone') throw unreadable('pool-gone', error);
      if (clock.monotonicMs() >= deadlineMs) throw unreadable('pool-unreachable', error);
      session.emit({
        type: 'warning-raised',
        code: 'call-failed',
        message: `Could not read the pool: ${messageOf(error)}`,
      });
      await clock.sleep(backoffMs(gate.intervalMs, attempt), { signal });
    }
  }
}

function unreadable(code: RolloutError['code'], error: unknown): RolloutError {
  return new RolloutError(code, `Cannot read the pool: ${messageOf(error)}`, { cause: error });
}

export function backoffMs(intervalMs: number, attempt: number): number {
  return Math.min(LONGEST_BACKOFF_MS, intervalMs * 2 ** Math.min(attempt, 10));
}

/** Asks how many more members may be created; absent when that could not be found out. */
export async function measure(session: Session): Promise<number | undefined> {
  const { clock, signal, callTimeoutMs } = session.spec;
  session.counts.reads += 1;
  try {
    return await bounded(clock, callTimeoutMs, signal, async (inner) =>
      session.pool.capacity?.({ signal: inner }),
    );
  } catch (error) {
    signal?.throwIfAborted();
    session.emit({
      type: 'warning-raised',
      code: 'call-failed',
      message: `Could not read the capacity: ${messageOf(error)}`,
    });
    return undefined;
  }
}

export type MutationDetail = Omit<
  Extract<RolloutEventBody, { type: 'mutation-start' }>,
  'type' | 'call'
>;
export type Attempt =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: PoolFault['reason']; readonly message: string };

/** One change of the pool, told before and after. What it throws is a value: the next observation tells the truth. */
export async function mutate(
  session: Session,
  call: MutationCall,
  detail: MutationDetail,
  run: (options: CallOptions) => Promise<void>,
  limits: { readonly timeoutMs?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<Attempt> {
  const { clock, callTimeoutMs } = session.spec;
  const signal = limits.signal ?? session.spec.signal;
  const startedMs = clock.monotonicMs();
  signal?.throwIfAborted();
  session.counts.mutations += 1;
  session.emit({ type: 'mutation-start', call, ...detail });
  const end = (error?: string): void => {
    const durationMs = readClock(clock).ms - startedMs;
    session.emit({
      type: 'mutation-end',
      call,
      durationMs,
      ...(error === undefined ? {} : { error }),
    });
  };
  try {
    await bounded(clock, limits.timeoutMs ?? callTimeoutMs, signal, (inner) =>
      run({ signal: inner }),
    );
    end();
    return { kind: 'done' };
  } catch (error) {
    const message = messageOf(error);
    end(message);
    signal?.throwIfAborted();
    return { kind: 'failed', reason: reasonOf(error), message };
  }
}

const REASONS: readonly unknown[] = ['quota', 'capacity', 'busy', 'forbidden', 'gone', 'invalid'];

function reasonOf(error: unknown): PoolFault['reason'] {
  const reason =
    typeof error === 'object' && error !== null && 'reason' in error ? error.reason : undefined;
  return REASONS.includes(reason) ? (reason as PoolFault['reason']) : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
