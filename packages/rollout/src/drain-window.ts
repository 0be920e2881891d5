import type { BalancerCheck } from './pool.ts';

/**
 * How long a draining member must go on accepting: until the slowest balancer has seen enough failures to take it out
 * (`interval * retries + timeout`), and then the grace for what is already on its way. Bounded, because one absurd health
 * check must not hold a rollout for an hour.
 */
export function drainWindowMs(
  balancers: readonly BalancerCheck[],
  limits: { readonly inFlightGraceMs: number; readonly maxWindowMs: number },
): number {
  const detection = Math.max(
    0,
    ...balancers.map(({ intervalMs, retries, timeoutMs }) => intervalMs * retries + timeoutMs),
  );
  return Math.min(detection + limits.inFlightGraceMs, limits.maxWindowMs);
}
