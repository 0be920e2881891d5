import type { MemoryPoolOptions, PoolCall } from './memory-pool-options.ts';

/** What the platform refuses, as a `PoolFault`. */
export class MemoryPoolError extends Error {
  override readonly name = 'MemoryPoolError';
  readonly reason: 'quota' | 'busy' | 'gone' | undefined;

  constructor(message: string, reason?: 'quota' | 'busy' | 'gone') {
    super(message);
    this.reason = reason;
  }
}

export type Caller = <Result>(
  method: PoolCall['method'],
  detail: Omit<PoolCall, 'index' | 'method' | 'at'>,
  signal: AbortSignal | undefined,
  effect: () => Result,
) => Promise<Result>;

/** Makes calls that take time, are written down, and fail when they are told to: before their effect, or after it. */
export function createCaller(
  { clock, latencyMs = 200, failure }: MemoryPoolOptions,
  calls: PoolCall[],
  /** Lets everything happen that is due. */
  catchUp: () => void,
): Caller {
  return async (method, detail, signal, effect) => {
    const entry: PoolCall = { index: calls.length + 1, method, at: clock.now(), ...detail };
    calls.push(entry);
    const planned = failure?.(entry);
    const error = planned?.error ?? new MemoryPoolError('Connection lost');
    if (planned?.when === 'before') throw error;
    await clock.sleep(latencyMs / 2, { signal });
    catchUp();
    const result = effect();
    catchUp();
    await clock.sleep(latencyMs / 2, { signal });
    if (planned?.when === 'after') throw error;
    return result;
  };
}
