/** Time as `rollout` needs it; inject a manual one in tests. */
export interface Clock {
  /** Wall clock: only leases and event stamps use it. */
  now(): Date;
  /** Never jumps: every deadline and window uses it. */
  monotonicMs(): number;
  /** Rejects with `signal.reason` when aborted. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** One reading of both clocks. */
export interface Moment {
  readonly at: Date;
  readonly ms: number;
}

export function readClock(clock: Clock): Moment {
  return { at: clock.now(), ms: clock.monotonicMs() };
}
