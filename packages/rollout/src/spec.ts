import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { RolloutEvent } from './events.ts';
import { type Amount, isAmount } from './fenceposts.ts';
import type { ControlOptions, Probe, ProbeDescription, RolloutOptions } from './options.ts';
import { defaultSurge, type ResolvedStrategy } from './strategy.ts';
import { systemClock } from './system-clock.ts';
import {
  checkCount,
  checkGiven,
  checkKeys,
  checkOneOf,
  checkPositive,
  checkStrategy,
} from './validate.ts';

/** The options with every default filled in. */
export interface Spec {
  readonly probe: Probe;
  readonly probeDescription: ProbeDescription | undefined;
  readonly strategy: ResolvedStrategy;
  readonly maxSurge: Amount;
  readonly maxUnavailable: Amount;
  readonly gate: {
    readonly successes: number;
    readonly intervalMs: number;
    readonly minHealthyTimeMs: number;
    readonly healthyDeadlineMs: number;
    readonly probeTimeoutMs: number;
    readonly maxFlaps: number;
    readonly maxFailures: number;
  };
  readonly progressDeadlineMs: number;
  readonly bakeTimeMs: number;
  readonly drain: {
    readonly inFlightGraceMs: number;
    readonly maxWindowMs: number;
    readonly timeoutMs: number;
    readonly onFailure: 'continue' | 'stop';
  };
  readonly autoRollback: boolean;
  readonly onExternalResize: 'adopt' | 'pause';
  readonly allowBrokenStart: boolean;
  readonly exclusive: boolean;
  readonly owner: string;
  readonly leaseMs: number;
  readonly leaseSettleMs: number;
  readonly releaseTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly createId: () => string;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: ((event: RolloutEvent) => void) | undefined;
}

const GATE = {
  successes: 3,
  intervalMs: 5_000,
  minHealthyTimeMs: 10_000,
  healthyDeadlineMs: 300_000,
  probeTimeoutMs: 10_000,
  maxFlaps: 3,
  maxFailures: 5,
};
const DRAIN = {
  inFlightGraceMs: 5_000,
  maxWindowMs: 120_000,
  timeoutMs: 30_000,
  onFailure: 'stop' as 'continue' | 'stop',
};
const DEFAULTS = {
  probeDescription: undefined,
  maxUnavailable: 0 as Amount,
  progressDeadlineMs: 600_000,
  bakeTimeMs: 0,
  autoRollback: true,
  onExternalResize: 'adopt' as 'adopt' | 'pause',
  allowBrokenStart: false,
  exclusive: false,
  owner: 'exoship',
  leaseMs: 300_000,
  leaseSettleMs: 2_000,
  releaseTimeoutMs: 3_000,
  callTimeoutMs: 300_000,
  createId: (): string => randomUUID(),
  clock: systemClock,
  signal: undefined,
  onEvent: undefined,
};
const SPEC_KEYS = [...Object.keys(DEFAULTS), 'probe', 'strategy', 'maxSurge', 'gate', 'drain'];

export interface RolloutSpec extends Spec {
  readonly template: string;
  readonly rolloutId: string;
}

export function resolveRolloutOptions(options: RolloutOptions): RolloutSpec {
  checkGiven(options);
  const { template, rolloutId, ...rest } = options;
  if (typeof template !== 'string' || template === '') {
    throw new TypeError('Option "template" must be the id of a template');
  }
  const spec = resolveControlOptions(rest);
  if (rolloutId !== undefined && !/^[\w.:-]+$/.test(rolloutId)) {
    throw new TypeError(`Option "rolloutId" must be one word: ${JSON.stringify(rolloutId)}`);
  }
  return { ...spec, template, rolloutId: rolloutId ?? spec.createId() };
}

export function resolveControlOptions(options: ControlOptions): Spec {
  checkGiven(options);
  checkKeys('option', options, SPEC_KEYS);
  checkKeys('gate option', options.gate ?? {}, Object.keys(GATE));
  checkKeys('drain option', options.drain ?? {}, Object.keys(DRAIN));
  if (typeof options.probe !== 'function') throw new TypeError('Option "probe" must be a function');
  const strategy = options.strategy ?? { kind: 'auto' };
  checkStrategy(strategy);
  const spec: Spec = {
    ...fill(DEFAULTS, options),
    probe: options.probe,
    strategy,
    maxSurge: options.maxSurge ?? defaultSurge(strategy),
    gate: fill(GATE, options.gate ?? {}),
    drain: fill(DRAIN, options.drain ?? {}),
  };
  checkSpec(spec);
  return spec;
}

function checkSpec(spec: Spec): void {
  for (const key of ['maxSurge', 'maxUnavailable'] as const) {
    if (!isAmount(spec[key])) {
      throw new RangeError(
        `Option "${key}" must be a count or a share such as "25%": ${JSON.stringify(spec[key])}`,
      );
    }
  }
  for (const [key, value] of Object.entries({ ...spec, ...spec.gate, ...spec.drain })) {
    if (key.endsWith('Ms')) checkPositive(key, value);
  }
  checkCount('gate.successes', spec.gate.successes);
  checkCount('gate.maxFlaps', spec.gate.maxFlaps);
  checkCount('gate.maxFailures', spec.gate.maxFailures);
  checkCount('gate.intervalMs', spec.gate.intervalMs);
  checkOneOf('drain.onFailure', spec.drain.onFailure, ['continue', 'stop']);
  checkOneOf('onExternalResize', spec.onExternalResize, ['adopt', 'pause']);
  const { successes, intervalMs, minHealthyTimeMs, healthyDeadlineMs } = spec.gate;
  const soonestMs = Math.max(minHealthyTimeMs, (successes - 1) * intervalMs);
  if (healthyDeadlineMs <= soonestMs) {
    throw new RangeError(
      `Option "gate.healthyDeadlineMs" must be more than the ${soonestMs} ms that a proof takes: ${healthyDeadlineMs}`,
    );
  }
  if (spec.leaseMs < 2 * intervalMs) {
    throw new RangeError(
      `Option "leaseMs" must be at least two intervals of ${intervalMs} ms: ${spec.leaseMs}`,
    );
  }
}

/** The defaults, overridden by what is given and not `undefined`. */
function fill<Defaults extends object>(defaults: Defaults, given: object): Defaults {
  const known = Object.entries(given).filter(
    ([key, value]) => key in defaults && value !== undefined,
  );
  return { ...defaults, ...Object.fromEntries(known) };
}
