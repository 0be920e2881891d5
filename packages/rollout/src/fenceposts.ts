/** A member count, or a share of the pool's size. */
export type Amount = number | `${number}%`;

export interface Fenceposts {
  /** Members that may exist beyond the wanted size, until they are gone. */
  readonly surge: number;
  /** Members that may be missing from service because of the rollout. */
  readonly unavailable: number;
}

/**
 * Kubernetes' arithmetic (`ResolveFenceposts`): surge rounds up, unavailable rounds down, and when both come out as zero
 * one member may be unavailable, because otherwise nothing could ever move.
 */
export function resolveFenceposts(
  size: number,
  maxSurge: Amount,
  maxUnavailable: Amount,
): Fenceposts {
  const surge = resolveAmount(maxSurge, size, Math.ceil);
  const unavailable = Math.min(size, resolveAmount(maxUnavailable, size, Math.floor));
  return surge === 0 && unavailable === 0
    ? { surge, unavailable: Math.min(size, 1) }
    : { surge, unavailable };
}

export function resolveAmount(
  amount: Amount,
  size: number,
  round: (value: number) => number,
): number {
  if (typeof amount === 'number') return amount;
  // Rounded to a millionth first: 7 % of 100 is 7.000000000000001 in binary, which must not become 8.
  return round(Math.round(Number.parseFloat(amount) * size * 10_000) / 1_000_000);
}

export function isAmount(value: unknown): value is Amount {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0;
  return typeof value === 'string' && /^\d+(\.\d+)?%$/.test(value);
}
