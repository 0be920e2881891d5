/** `slow`: doubles, and keeps the old members for longer than the lease. */
export type StrategyName = 'double' | 'canary' | 'slow';

/** Much shorter than in earnest, so that a lease's end can be waited for. */
export const LEASE_MS = 12_000;
export const POOL_SIZE = 3;

export interface Artifact {
  readonly file: string;
  readonly templateId: string;
}
