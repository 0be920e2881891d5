import type { Clock } from '../clock.ts';
import type { ProbeResult } from '../health.ts';
import type { Annotations, Member, Pool } from '../pool.ts';

export interface PoolCall {
  /** Counts every call from 1. */
  readonly index: number;
  readonly method: 'observe' | 'begin' | 'grow' | 'evict' | 'settle' | 'capacity' | 'drain';
  readonly at: Date;
  readonly size?: number;
  readonly template?: string;
  readonly ids?: readonly string[];
}

export interface PoolFailure {
  /** The call fails `before` it is sent, or `after` it has had its effect. */
  readonly when: 'before' | 'after';
  /** What it throws. @default a lost connection */
  readonly error?: unknown;
}

export interface MemoryPoolOptions {
  readonly clock: Clock;
  readonly size: number;
  readonly template: string;
  /** Annotations to start with. @default none */
  readonly annotations?: Annotations | undefined;
  /** From creation to running. @default 30_000 */
  readonly bootMs?: number | ((template: string, index: number) => number) | undefined;
  /** Whether a running member answers its probe. @default always */
  readonly isHealthy?: ((member: Member, ageMs: number) => boolean) | undefined;
  /** A template that boots to `failed`. @default none */
  readonly failsToBoot?: ((template: string) => boolean) | undefined;
  /** The balancer's rule: one success admits, `retries` failures remove. @default 5 s, 2 retries; null = no balancer */
  readonly balancer?:
    | { readonly intervalMs: number; readonly timeoutMs: number; readonly retries: number }
    | null
    | undefined;
  /** Members the account may have, leaving ones included. @default no limit */
  readonly quota?: number | undefined;
  /** How long a call takes; its effect is at half time. @default 200 */
  readonly latencyMs?: number | undefined;
  /** How long the pool is not at rest after a change of its size. @default 2_000 */
  readonly changeMs?: number | undefined;
  /** How long a member takes to go. @default 5_000 */
  readonly deleteMs?: number | undefined;
  /** From `drain` to stopped; meanwhile it accepts and its health fails. @default 60_000 */
  readonly lameDuckMs?: number | undefined;
  /** What a draining member shows: a drain that powers it off is seen by everybody. @default 'running' */
  readonly drainState?: 'running' | 'stopping' | undefined;
  /** Whether the pool replaces members that have stopped. @default false */
  readonly healsStopped?: boolean | undefined;
  /** How many of the first members are protected. @default 0 */
  readonly protectedCount?: number | undefined;
  /** Why the pool must not be rolled out. @default it may be */
  readonly refusal?: string | undefined;
  /** Decides for each call whether it fails. @default never */
  readonly failure?: ((call: PoolCall) => PoolFailure | undefined) | undefined;
  /** Leaves out the optional methods. @default both are there */
  readonly without?: readonly ('capacity' | 'drain')[] | undefined;
}

export interface MemoryPool extends Required<Pool> {
  /** Every call but `observe` and `capacity`, in order. */
  readonly mutations: readonly PoolCall[];
  readonly calls: readonly PoolCall[];
  /** Members that were removed while a balancer still sent to them. */
  readonly cut: readonly string[];
  /** Fewest members in the rotation and answering, ever. */
  readonly minServing: number;
  /** Most members at once, leaving ones included. */
  readonly peak: number;
  /** Calls that met a pool that was not at rest, or a growth that would have shrunk it. */
  readonly violations: readonly string[];
  /** One look at a member, as the balancer takes it. */
  probe(member: Member): Promise<ProbeResult>;
  /** Somebody else's hand: resize. A smaller size removes the newest. */
  resize(size: number): void;
  /** Somebody else's hand: template, annotations. */
  overwrite(change: { readonly template?: string; readonly annotations?: Annotations }): void;
  /** A member dies; the pool replaces it. */
  kill(id: string): void;
  setQuota(quota: number): void;
}
