import { hash } from 'node:crypto';

/**
 * A number in [0, 1) that depends only on its key. Nothing is drawn in sequence, so one more draw somewhere never
 * changes the luck of anything else: two strategies compared under one seed see the same boot times.
 */
export function draw(seed: string, entity: string, purpose: string): number {
  return Number.parseInt(digest(seed, entity, purpose).slice(0, 13), 16) / 2 ** 52;
}

/** The `count`-th id of its kind, in the form of a random (version 4) UUID. */
export function drawId(seed: string, kind: string, count: number): string {
  const hex = digest(seed, kind, `id ${count}`);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
  return [...parts, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

/** 256 bits that depend only on their key. */
export function drawBytes(seed: string, entity: string, purpose: string): Buffer {
  return Buffer.from(digest(seed, entity, purpose), 'hex');
}

function digest(seed: string, entity: string, purpose: string): string {
  return hash('sha256', JSON.stringify([seed, entity, purpose]), 'hex');
}
