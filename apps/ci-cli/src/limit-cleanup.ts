export interface CleanupLimits {
  /** When nobody is in a hurry. */
  readonly calmMs: number;
  /** From the interruption on: whoever interrupts a CI job kills it after about ten seconds. */
  readonly interruptedMs: number;
}

export interface CleanupLimit extends Disposable {
  /** For the cleanup's own calls, which must not end with the work that was interrupted. */
  readonly signal: AbortSignal;
}

/** Time for one piece of cleanup: enough, or little once the process has been told to stop. */
export function limitCleanup(interrupted: AbortSignal, limits: CleanupLimits): CleanupLimit {
  const over = new AbortController();
  const endAfter = (ms: number): NodeJS.Timeout =>
    setTimeout(() => over.abort(new DOMException(`No answer within ${ms} ms`, 'TimeoutError')), ms);
  const calm = endAfter(limits.calmMs);
  let hurried: NodeJS.Timeout | undefined;
  const hurry = (): void => {
    hurried ??= endAfter(limits.interruptedMs);
  };
  if (interrupted.aborted) hurry();
  else interrupted.addEventListener('abort', hurry, { once: true });
  return {
    signal: over.signal,
    [Symbol.dispose]: () => {
      interrupted.removeEventListener('abort', hurry);
      clearTimeout(calm);
      clearTimeout(hurried);
    },
  };
}
