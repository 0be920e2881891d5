/** Strings that the pool keeps for a rollout; every key starts with `exoship-`. */
export type Annotations = Readonly<Record<string, string>>;

export interface PoolCallOptions {
  readonly signal?: AbortSignal | undefined;
}

export type MemberState = 'starting' | 'running' | 'stopping' | 'stopped' | 'leaving' | 'failed';

export type Verdict = 'healthy' | 'unhealthy' | 'unknown' | 'none';

export interface Member {
  readonly id: string;
  readonly name: string;
  /** Id of the template this member was booted from. */
  readonly template: string;
  readonly state: MemberState;
  readonly address?: string | undefined;
  readonly createdAt: Date;
  /** Always false: the API does not tell which instances are protected. */
  readonly isProtected: boolean;
  readonly verdict: Verdict;
}

export interface BalancerCheck {
  /** `load balancer/service`. */
  readonly name: string;
  readonly mode: 'tcp' | 'http' | 'https';
  readonly port: number;
  readonly path?: string | undefined;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
}

export interface Observation {
  readonly observedAt: Date;
  readonly status: 'steady' | 'changing' | 'refused';
  readonly statusDetail: string;
  readonly size: number;
  readonly template: string;
  readonly annotations: Annotations;
  readonly members: readonly Member[];
  readonly balancers: readonly BalancerCheck[];
}

/** An instance pool in the shape that `@exoship/rollout` asks for. */
export interface RolloutPool {
  /** Three reads, whatever the number of members. */
  observe(options?: PoolCallOptions): Promise<Observation>;
  /** One PUT of template and annotations; rejects when anything else is different afterwards. */
  begin(template: string, annotations: Annotations, options?: PoolCallOptions): Promise<void>;
  /** Sets the size, after a look that it is not larger by now: a smaller one would delete members of its own choice. */
  grow(size: number, options?: PoolCallOptions): Promise<void>;
  evict(ids: readonly string[], options?: PoolCallOptions): Promise<void>;
  settle(annotations: Annotations, options?: PoolCallOptions): Promise<void>;
  /** From the account's quota of instances. */
  capacity(options?: PoolCallOptions): Promise<number>;
  /** Absent with `{ kind: 'none' }`. */
  drain?: (member: Member, options?: PoolCallOptions) => Promise<void>;
}
