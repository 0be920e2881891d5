import type { MemberState } from './pool.ts';
import type { Action, Outcome } from './situation.ts';

export type MutationCall = 'begin' | 'grow' | 'drain' | 'evict' | 'settle';

export interface MemberView {
  readonly id: string;
  readonly name: string;
  readonly template: string;
  readonly state: MemberState;
  readonly verdict: 'healthy' | 'unhealthy' | 'unknown' | 'none';
  readonly isProven: boolean;
  readonly isDrained: boolean;
  readonly createdAt: Date;
}

export type WarningCode =
  | 'weaker-balancer-check'
  | 'broken-start'
  | 'no-drain'
  | 'short-drain'
  | 'drain-failed'
  | 'protected-members'
  | 'no-way-back'
  | 'call-failed'
  | 'lease-not-released';

export type RolloutEventBody =
  | {
      readonly type: 'rollout-start';
      readonly from: string;
      readonly to: string;
      readonly size: number;
      readonly strategy: string;
      readonly isResumed: boolean;
      readonly drainWindowMs: number;
    }
  | { readonly type: 'lease-awaited'; readonly owner: string; readonly until: Date }
  | {
      readonly type: 'lease-taken';
      readonly owner: string;
      readonly until: Date;
      readonly previousOwner?: string | undefined;
    }
  | { readonly type: 'lease-released'; readonly owner: string }
  /** The pool looks different from the last time it was told. */
  | {
      readonly type: 'pool-observed';
      readonly size: number;
      readonly template: string;
      readonly status: string;
      readonly serving: number;
      readonly floor: number;
      readonly members: readonly MemberView[];
    }
  /** Told before it is carried out; a wait that goes on is told once. */
  | {
      readonly type: 'decision-made';
      /** `begin`: take the lease, and set the template with it · `release`: give the lease back. */
      readonly action: Action['type'] | 'begin' | 'release';
      readonly reason: string;
      /** Fingerprint of the observation that it rests on. */
      readonly observation: string;
      /** When waiting for this becomes a failure. */
      readonly deadlineAt?: Date | undefined;
    }
  | {
      readonly type: 'mutation-start';
      readonly call: MutationCall;
      readonly size?: number;
      readonly template?: string;
      readonly members?: readonly string[];
    }
  | {
      readonly type: 'mutation-end';
      readonly call: MutationCall;
      readonly durationMs: number;
      readonly error?: string;
    }
  | {
      readonly type: 'probe-passed' | 'probe-failed';
      readonly member: string;
      readonly detail: string;
    }
  | { readonly type: 'member-proved' | 'member-flapped'; readonly member: string }
  | {
      readonly type: 'drain-start' | 'drain-end';
      readonly member: string;
      readonly windowMs: number;
    }
  | { readonly type: 'warning-raised'; readonly code: WarningCode; readonly message: string }
  | {
      readonly type: 'rollout-end';
      readonly outcome: Outcome;
      readonly reason: string;
      readonly wallMs: number;
    };

/** One thing that happened. `schema` is raised when a field changes its meaning. */
export type RolloutEvent = RolloutEventBody & {
  readonly schema: 1;
  readonly seq: number;
  readonly at: Date;
  readonly rolloutId: string;
};
