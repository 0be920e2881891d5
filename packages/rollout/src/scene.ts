import type { Census } from './census.ts';
import type { RolloutRecord } from './record.ts';
import type { Situation } from './situation.ts';

/** A situation in which the record is ours and the members are counted. */
export interface Scene extends Situation {
  readonly record: RolloutRecord;
  readonly census: Census;
}
