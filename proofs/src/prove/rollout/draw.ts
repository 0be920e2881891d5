import { hash } from 'node:crypto';

/** A number in [0, 1) that depends on its key alone. */
export function draw(key: string): number {
  return Number.parseInt(hash('sha256', key, 'hex').slice(0, 13), 16) / 2 ** 52;
}
