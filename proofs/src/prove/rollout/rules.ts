import type { ControlOptions, Strategy } from '@exoship/rollout';
import type { Scenario } from './scenario.ts';

/** The policy of every controller in a proof: quick, so that many runs fit into a minute. */
export const gate = {
  successes: 2,
  intervalMs: 5_000,
  minHealthyTimeMs: 5_000,
  healthyDeadlineMs: 120_000,
  probeTimeoutMs: 5_000,
  maxFlaps: 3,
} as const;

const leaseMs = 120_000;
export const proofFreshMs: number = 2 * (gate.intervalMs + gate.probeTimeoutMs);

export function controlOptionsOf(scenario: Scenario): Omit<ControlOptions, 'probe'> {
  const { strategy, maxSurge, maxUnavailable } = scenario;
  return {
    strategy,
    maxSurge,
    maxUnavailable,
    gate,
    leaseMs,
    progressDeadlineMs: 300_000,
    callTimeoutMs: 60_000,
  };
}

/** Members beyond the size, and members that may be missing. Written down once more, so that it is not the engine's. */
export interface Limits {
  readonly surge: number;
  readonly unavailable: number;
}

export function limitsOf(scenario: Scenario, size: number): Limits {
  const { strategy, maxSurge, maxUnavailable } = scenario;
  const surge = maxSurge ?? surgeOf(strategy, size);
  const unavailable = Math.min(size, maxUnavailable);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function surgeOf(strategy: Strategy, size: number): number {
  if (strategy.kind === 'one-by-one') return 1;
  if (strategy.kind === 'batch') {
    return typeof strategy.size === 'number' ? strategy.size : Math.ceil(size / 4);
  }
  return size;
}

/** The most members that may run a version of which `proven` are known to be good. */
export function mostUnproven(scenario: Scenario, size: number, proven: number): number {
  const { strategy } = scenario;
  const { surge, unavailable } = limitsOf(scenario, size);
  const most = surge + unavailable;
  if (strategy.kind === 'one-by-one') return Math.min(most, 1);
  if (proven > 0) return most;
  if (strategy.kind === 'canary') return Math.min(most, Number(strategy.count ?? 1));
  if (strategy.kind === 'exponential') return Math.min(most, strategy.first ?? 1);
  if (strategy.kind === 'batch' && (strategy.proveFirst ?? true)) return Math.min(most, 1);
  return most;
}
