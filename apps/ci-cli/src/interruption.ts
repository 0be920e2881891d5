/** The reason of the one abort signal that everything listens to: a signal reached the process. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly signal: string;

  constructor(signal: string) {
    super(`Interrupted by ${signal}`);
    this.signal = signal;
  }
}

export function findInterruption(error: unknown): Interruption | undefined {
  if (error instanceof Interruption) return error;
  if (error instanceof SuppressedError) {
    return findInterruption(error.suppressed) ?? findInterruption(error.error);
  }
  return undefined;
}

/** How long a call that creates a credential may still take after we are told to stop. */
export const ANSWER_GRACE_MS = 2_000;

/**
 * A signal for calls that create something: it lags behind the caller's, so that the answer which names what was
 * created still has time to arrive and can be given back.
 */
export function lagging(signal: AbortSignal, graceMs: number): AbortSignal {
  const late = new AbortController();
  const arm = (): void => {
    setTimeout(() => late.abort(signal.reason), graceMs).unref();
  };
  if (signal.aborted) arm();
  else signal.addEventListener('abort', arm, { once: true });
  return late.signal;
}
