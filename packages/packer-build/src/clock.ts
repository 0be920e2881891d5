/** Time as `packer-build` needs it; inject one to test without waiting. */
export interface Clock {
  now(): Date;
  /** Milliseconds that never run backwards; only differences mean anything. */
  monotonicMs(): number;
  /** Rejects with `signal.reason` when aborted. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}
