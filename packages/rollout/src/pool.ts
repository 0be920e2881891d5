/** Strings that the pool keeps for us; every key starts with `exoship-`. */
export type Annotations = Readonly<Record<string, string>>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export type MemberState =
  | 'starting'
  | 'running'
  | 'stopping'
  | 'stopped'
  /** Being deleted: still counts against quota and surge until it is gone. */
  | 'leaving'
  | 'failed';

export interface Member {
  readonly id: string;
  readonly name: string;
  /** Id of the template this member was booted from: what tells old from new. */
  readonly template: string;
  readonly state: MemberState;
  /** Where probes reach it; absent while it has none (or never gets one). */
  readonly address?: string | undefined;
  readonly createdAt: Date;
  /** Protected against deletion: never evicted. */
  readonly isProtected: boolean;
  /**
   * What the load balancers say: `healthy` when every service of the pool has admitted it, `unhealthy` when one says
   * failure, `unknown` when one has not spoken yet, `none` when nothing balances this pool.
   */
  readonly verdict: 'healthy' | 'unhealthy' | 'unknown' | 'none';
}

/** The health check by which one load-balancer service admits members. */
export interface BalancerCheck {
  readonly name: string;
  readonly mode: 'tcp' | 'http' | 'https';
  readonly port: number;
  readonly path?: string | undefined;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Consecutive failures before a member leaves the rotation; one success brings it back. */
  readonly retries: number;
}

/** One snapshot of the pool: everything a decision rests on. At most three reads, whatever the member count. */
export interface Observation {
  readonly observedAt: Date;
  /** `steady`: accepts changes · `changing`: an operation is under way · `refused`: must not be rolled out at all. */
  readonly status: 'steady' | 'changing' | 'refused';
  /** The pool's own word for it, for messages: `running`, `scaling-up`, `managed by sks-nodepool`. */
  readonly statusDetail: string;
  /** Members the pool wants to have. */
  readonly size: number;
  /** Template that members created from now on will boot. */
  readonly template: string;
  readonly annotations: Annotations;
  readonly members: readonly Member[];
  readonly balancers: readonly BalancerCheck[];
}

/**
 * What an error thrown by a {@link Pool} may say about itself. Anything else that is thrown counts as ambiguous: the
 * call may or may not have had its effect, and the next observation decides.
 */
export interface PoolFault {
  /**
   * `quota` and `capacity`: nothing (more) is granted · `busy`: try again · `forbidden`: these credentials never will ·
   * `gone`: the pool, member or template does not exist · `invalid`: the call itself is wrong.
   */
  readonly reason?: 'quota' | 'capacity' | 'busy' | 'forbidden' | 'gone' | 'invalid' | undefined;
}

/**
 * The pool as `rollout` needs it; implement it for anything that has members and a template.
 *
 * Every mutation resolves when the platform reports it done; whether it took effect is then *observed*, so an adapter
 * need not wait for convergence. Mutations are absolute or by identity, which makes repeating them harmless.
 */
export interface Pool {
  observe(options?: CallOptions): Promise<Observation>;
  /** Sets the template for new members and replaces all annotations, in one atomic write. */
  begin(template: string, annotations: Annotations, options?: CallOptions): Promise<void>;
  /** Sets the size. Only ever called with more than the pool has: never to shrink. */
  grow(size: number, options?: CallOptions): Promise<void>;
  /** Deletes exactly these members and lowers the size by their number. */
  evict(ids: readonly string[], options?: CallOptions): Promise<void>;
  /** Replaces all annotations and nothing else. */
  settle(annotations: Annotations, options?: CallOptions): Promise<void>;
  /** How many more members the account may create now; absent = unknown, assume enough. */
  capacity?(options?: CallOptions): Promise<number>;
  /** Makes the member's health fail while it keeps accepting, e.g. by stopping it; resolves when that is requested. */
  drain?(member: Member, options?: CallOptions): Promise<void>;
}
