import type { Exoscale } from '@exoship/exoscale-api';
import type { Settings } from '../config/settings.ts';
import type { Job } from '../job.ts';

/** Something that a job made, and was killed before it could take it away. */
export interface LeftBehind {
  readonly kind: 'instance' | 'upload';
  readonly id: string;
  readonly name: string;
  readonly madeAt: Date;
  remove(): Promise<void>;
}

export interface SweepScope {
  readonly settings: Settings;
  readonly olderThanMs: number;
}

export type FindLeftBehind = (
  job: Job,
  exoscale: Exoscale,
  scope: SweepScope,
) => Promise<readonly LeftBehind[]>;

/** By this machine's clock. */
export function isOldEnough({ context }: Job, madeAt: Date, { olderThanMs }: SweepScope): boolean {
  return madeAt.getTime() <= context.clock.now().getTime() - olderThanMs;
}
