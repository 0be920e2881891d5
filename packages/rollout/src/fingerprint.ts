import { createHash } from 'node:crypto';
import type { Observation } from './pool.ts';

/** Twelve hex digits that tell two observations apart, whenever they were made. */
export function fingerprint(observation: Observation): string {
  const timeless = JSON.stringify({ ...observation, observedAt: undefined });
  return createHash('sha256').update(timeless).digest('hex').slice(0, 12);
}
