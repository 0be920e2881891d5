/**
 * Settles as `work` does, or rejects with `signal.reason` at once when aborted: `work` may belong to code that does not
 * listen to its signal, and neither a deadline nor a cancel may depend on its manners.
 */
export async function settleOrAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
