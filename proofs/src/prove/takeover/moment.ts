import { createHash } from 'node:crypto';

/** So long after the n-th time that an operation on the pool or on a member began or ended; 0 is the start of a line. */
export interface Moment {
  readonly operation: number;
  readonly delayMs: number;
}

/** Begins and ends of operations in a rollout of three members: begin, grow, three stops, evict, settle. */
const OPERATIONS = 14;
/** About as long as the longest pause between two of them but for waits, which are hit by their beginnings. */
const LONGEST_DELAY_MS = 1_500;

/** One in each slice of a rollout; half of them at the very moment, while a call is on its way. */
export function drawMoment(seed: number, index: number, of: number): Moment {
  const slice = (index + draw(seed, index, 'slice')) / of;
  const isAtOnce = draw(seed, index, 'at once') < 0.5;
  return {
    operation: Math.floor(slice * OPERATIONS),
    delayMs: isAtOnce ? 0 : Math.round(draw(seed, index, 'delay') * LONGEST_DELAY_MS),
  };
}

/** In [0, 1), and the same for the same words. */
export function draw(seed: number, index: number, purpose: string): number {
  const digest = createHash('sha256').update(`takeover ${seed} ${index} ${purpose}`).digest();
  return digest.readUInt32BE() / 2 ** 32;
}

export function describeMoment({ operation, delayMs }: Moment): string {
  return operation === 0 ? `${delayMs} ms` : `operation ${operation} + ${delayMs} ms`;
}
