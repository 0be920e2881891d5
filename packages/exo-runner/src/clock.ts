/** Time as this package sees it; structural, so any object of this shape will do. */
export interface Clock {
  now(): Date;
  /** Milliseconds from an arbitrary start that never jump, for deadlines. */
  monotonicMs(): number;
  /** Rejects with `signal.reason` when aborted. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}
