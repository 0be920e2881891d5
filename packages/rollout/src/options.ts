import type { Clock } from './clock.ts';
import type { RolloutEvent } from './events.ts';
import type { Amount } from './fenceposts.ts';
import type { ProbeResult } from './health.ts';
import type { Member } from './pool.ts';
import type { Strategy } from './strategy.ts';

/** One look at one member. What it throws counts as not passed. */
export type Probe = (
  member: Member,
  options: { readonly signal: AbortSignal },
) => Promise<ProbeResult>;

/** What the probe checks, to be compared with what the balancers check. */
export interface ProbeDescription {
  readonly mode: 'tcp' | 'http' | 'https';
  readonly port: number;
  readonly path?: string | undefined;
}

export interface GateOptions {
  /** Consecutive passes that make a proof. @default 3 */
  readonly successes?: number | undefined;
  /** Time between two probes of a member, and between two looks at the pool. @default 5_000 */
  readonly intervalMs?: number | undefined;
  /** How long a member must pass, with the balancer agreeing. @default 10_000 */
  readonly minHealthyTimeMs?: number | undefined;
  /** How long a step's new members have to be proved. @default 300_000 */
  readonly healthyDeadlineMs?: number | undefined;
  /** @default 10_000 */
  readonly probeTimeoutMs?: number | undefined;
  /** A member that loses its proof this often fails the gate. @default 3 */
  readonly maxFlaps?: number | undefined;
  /**
   * Consecutive failed probes of a member that a balancer has admitted all the same: it answers clients, and badly, so
   * that the gate fails at once and not at the deadline. @default 5
   */
  readonly maxFailures?: number | undefined;
}

export interface DrainOptions {
  /** Added to the balancers' detection time, for requests already under way. @default 5_000 */
  readonly inFlightGraceMs?: number | undefined;
  /** The window is never longer. @default 120_000 */
  readonly maxWindowMs?: number | undefined;
  /** How long `pool.drain` may take. @default 30_000 */
  readonly timeoutMs?: number | undefined;
  /** When a member cannot be drained: evict it all the same, or pause with nothing evicted. @default 'stop' */
  readonly onFailure?: 'continue' | 'stop' | undefined;
}

/** What a rollout and the controls of one have in common. */
export interface ControlOptions {
  readonly probe: Probe;
  /** When given, a balancer whose check is weaker raises a warning. */
  readonly probeDescription?: ProbeDescription | undefined;
  /** @default `double` when the capacity allows it, else `exponential` */
  readonly strategy?: Strategy | undefined;
  /** Members beyond the pool's size, leaving ones included; a share rounds up. @default what the strategy needs */
  readonly maxSurge?: Amount | undefined;
  /** Members that may be missing from service; a share rounds down. @default 0 */
  readonly maxUnavailable?: Amount | undefined;
  readonly gate?: GateOptions | undefined;
  /** How long the rollout may go without any progress. @default 600_000 */
  readonly progressDeadlineMs?: number | undefined;
  /** How long all new members must last, proved, before the last old ones go. @default 0 */
  readonly bakeTimeMs?: number | undefined;
  readonly drain?: DrainOptions | undefined;
  /** When the gate fails: go back, or pause for a person. @default true */
  readonly autoRollback?: boolean | undefined;
  /** When somebody else resizes the pool: take the new size over, or pause. @default 'adopt' */
  readonly onExternalResize?: 'adopt' | 'pause' | undefined;
  /** Start although the probe passes on no member that is in service. @default false */
  readonly allowBrokenStart?: boolean | undefined;
  /** Something outside vouches that no other controller runs: take the lease over at once. @default false */
  readonly exclusive?: boolean | undefined;
  /** Who holds the lease, for people; a nonce is added. @default 'exoship' */
  readonly owner?: string | undefined;
  /** @default 300_000 */
  readonly leaseMs?: number | undefined;
  /** Without `exclusive`: time between writing the lease and believing it. @default 2_000 */
  readonly leaseSettleMs?: number | undefined;
  /** How long giving the lease back may take after `signal` has fired. @default 3_000 */
  readonly releaseTimeoutMs?: number | undefined;
  /** How long one call of the pool may take. @default 300_000 */
  readonly callTimeoutMs?: number | undefined;
  /** Source of nonces and rollout ids. @default random UUIDs */
  readonly createId?: (() => string) | undefined;
  /** @default the machine's clocks */
  readonly clock?: Clock | undefined;
  /** Ends the controller between two actions: outcome `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /** Told of everything as it happens, of each decision before it is carried out. What it throws is ignored. */
  readonly onEvent?: ((event: RolloutEvent) => void) | undefined;
}

export interface RolloutOptions extends ControlOptions {
  /** Id of the template that all members shall run. */
  readonly template: string;
  /** Id of this rollout. @default from `createId` */
  readonly rolloutId?: string | undefined;
}
