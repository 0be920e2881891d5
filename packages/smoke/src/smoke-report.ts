import type { CheckResult } from './run-check.ts';

/** One result as it was seen, oldest first in a report. */
export interface Evidence {
  readonly observedAt: Date;
  readonly stage: 'readiness' | 'checks';
  readonly result: CheckResult;
}

export interface SmokeFailure {
  /**
   * `create` and `boot`: the cloud did not deliver an instance, the app was never asked · `readiness`: it never passed
   * all checks once · `checks`: it did, and failed later within the stability window.
   */
  readonly stage: 'create' | 'boot' | 'readiness' | 'checks';
  /** Ends with the last observation. */
  readonly message: string;
}

export interface SmokeReport {
  readonly passed: boolean;
  readonly templateId: string;
  /** Absent when none was created. */
  readonly instance?:
    | {
        readonly id: string;
        readonly name: string;
        readonly address?: string | undefined;
        /** The provider's last word for it before the teardown. */
        readonly state?: string | undefined;
      }
    | undefined;
  /** From the start until the instance ran and had an address; `null` when it never did. */
  readonly bootedAfterMs: number | null;
  /** From the start until all checks passed for the first time; `null` when they never did. */
  readonly readyAfterMs: number | null;
  readonly durationMs: number;
  /** The last round of checks; empty when there was none. */
  readonly results: readonly CheckResult[];
  /** The last few results with what was answered. */
  readonly evidence: readonly Evidence[];
  /**
   * `deleted`: the provider knows no such instance any more · `failed`: it may still exist (and cost); its labels say
   * from when on a sweep may take it · `not-needed`: none was created.
   */
  readonly teardown: 'deleted' | 'failed' | 'not-needed';
  /** Why the teardown failed. */
  readonly teardownDetail?: string | undefined;
  /** Absent when passed. */
  readonly failure?: SmokeFailure | undefined;
}
