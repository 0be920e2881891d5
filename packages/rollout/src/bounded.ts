import type { Clock } from './clock.ts';

/** Why a call was given up; never leaves this package. */
class CallTimeout extends Error {
  override readonly name = 'CallTimeout';
}

/**
 * Runs `call` with a signal that fires when `signal` does or when the time is up, and does not wait for a call that
 * ignores it.
 */
export async function bounded<Result>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const abort = new AbortController();
  const forward = (): void => abort.abort(signal?.reason);
  signal?.addEventListener('abort', forward, { once: true });
  const timer = new AbortController();
  const timeout = clock.sleep(timeoutMs, { signal: timer.signal }).then(
    () => abort.abort(new CallTimeout(`No answer within ${timeoutMs} ms`)),
    () => undefined,
  );
  const given = new Promise<never>((_resolve, reject) => {
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
  });
  try {
    return await Promise.race([call(abort.signal), given]);
  } finally {
    // With a reason: making up the default one costs more than the rest of a quick call.
    timer.abort('answered');
    signal?.removeEventListener('abort', forward);
    await timeout;
  }
}
