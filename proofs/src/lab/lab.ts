import type { ApiCall, Exoscale, Instance, InstancePool } from '@exoship/exoscale-api';
import type { Accepted, Ended, Refused } from './attempt.ts';
import type { Ground, GuestKind, Pace } from './ground.ts';

export interface PoolWish {
  readonly size: number;
  readonly guest?: GuestKind | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly securityGroupIds?: readonly string[] | undefined;
  readonly minAvailable?: number | undefined;
  /** Waits until all members run. @default true */
  readonly isAwaited?: boolean | undefined;
}

/** Looking at the cloud. */
export interface Eyes {
  pool(id: string): Promise<InstancePool>;
  /** Those that are not being deleted. */
  members(poolId: string): Promise<readonly Instance[]>;
  /** Until the pool rests with as many members as it wants; resolves with them. */
  rest(poolId: string): Promise<readonly Instance[]>;
  /** Looks until there is something to see; `undefined` when there was nothing for so long. */
  look<T>(eye: () => Promise<T | undefined>, forMs?: number): Promise<T | undefined>;
  /** As {@link look}, for what the experiment rests on. */
  expect<T>(what: string, eye: () => Promise<T | undefined>, forMs?: number): Promise<T>;
}

/** Changing it, and being told how that was received. */
export interface Hands {
  begin(call: ApiCall): Promise<Accepted | Refused>;
  end(accepted: Accepted): Promise<Ended>;
  attempt(call: ApiCall): Promise<Ended | Refused>;
  /** As {@link attempt}, for what the experiment rests on. */
  must(call: ApiCall): Promise<void>;
}

/** Making what an experiment is done on; all of it bears the run's name and counts against what may be used. */
export interface Makers {
  createPool(wish: PoolWish): Promise<string>;
  createInstance(name: string, guest: GuestKind): Promise<string>;
  createBalancer(poolId: string): Promise<string>;
  /** To a size, either way; resolves once the pool rests again. */
  scale(poolId: string, size: number): Promise<void>;
  /** Counts instances that are about to be created. */
  charge(instances: number): void;
}

/** What one experiment works with. */
export interface Lab extends Eyes, Hands, Makers {
  readonly exoscale: Exoscale;
  readonly pace: Pace;
  readonly port: number;
  readonly signal: AbortSignal;
  /** The first part of every name. */
  readonly prefix: string;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  guest: Ground['guest'];
  /** Goes into the evidence. */
  note(line: string): void;
}
