import type { CheckResult } from './run-check.ts';

/** What a test tells while it runs; `afterMs` counts from the start of the test. */
export type SmokeEvent = { readonly at: Date } & (
  | { readonly type: 'instance-requested'; readonly name: string; readonly templateId: string }
  | { readonly type: 'instance-created'; readonly id: string; readonly afterMs: number }
  /** The create call failed, or its answer was lost; the instance is looked up by name next. */
  | { readonly type: 'create-failed'; readonly attempt: number; readonly detail: string }
  /** The lost answer's instance was found by its name. */
  | { readonly type: 'instance-adopted'; readonly id: string }
  | {
      readonly type: 'instance-booted';
      readonly id: string;
      readonly address: string;
      readonly afterMs: number;
    }
  /** Not ready yet: no failure before the deadline. Sent when the reason changes, not for every probe. */
  | { readonly type: 'app-awaited'; readonly detail: string; readonly afterMs: number }
  | { readonly type: 'app-ready'; readonly afterMs: number }
  | {
      readonly type: 'round-passed' | 'round-failed';
      readonly round: number;
      readonly of: number;
      readonly results: readonly CheckResult[];
    }
  /** The provider took the request; the instance may still show for a while. */
  | { readonly type: 'deletion-accepted'; readonly id: string }
  /** The provider knows no such instance any more. */
  | { readonly type: 'instance-deleted'; readonly id: string }
  | { readonly type: 'teardown-failed'; readonly id?: string | undefined; readonly detail: string }
);

/** One event without its moment, which the run adds. */
export type SmokeEventBody = SmokeEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'at'>
    : never
  : never;
