import { createHash } from 'node:crypto';
import type { DemoOptions } from './options.ts';

/** A commit hash of the right form: another one per seed and version, the same one when a seed is repeated. */
export function commitOf(version: 'A' | 'B', { seed, release }: DemoOptions): string {
  return createHash('sha1').update(`${version} ${seed} ${release}`).digest('hex');
}
