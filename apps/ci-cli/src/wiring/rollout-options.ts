import type { RolloutOptions } from '@exoship/rollout';
import { probe } from '@exoship/smoke';
import type { DrainConfig } from '../config/drain-schema.ts';
import type { Settings } from '../config/settings.ts';
import type { StrategyConfig } from '../config/strategy-schema.ts';
import type { Context } from '../context.ts';

type Wired = Pick<
  RolloutOptions,
  | 'probe'
  | 'probeDescription'
  | 'strategy'
  | 'maxSurge'
  | 'maxUnavailable'
  | 'gate'
  | 'drain'
  | 'bakeTimeMs'
  | 'progressDeadlineMs'
  | 'autoRollback'
  | 'onExternalResize'
  | 'leaseMs'
>;

/** What exoship.yaml says about a deployment, in the words of the engine; the gate asks what the smoke test asked. */
export function rolloutOptionsFrom(settings: Settings, { clock }: Context): Wired {
  const { deploy, test } = settings;
  const { gate, deadlines } = deploy;
  const strategy = strategyFrom(deploy.strategy);
  const drain = drainFrom(deploy.drain);
  const httpCheck = test.checks.find((check) => check.kind === 'http');
  return {
    probe: async (member, { signal }) => {
      if (member.address === undefined) return { passed: false, detail: 'it has no address' };
      const target = {
        address: member.address,
        port: test.port,
        ...(test.tls && { tls: test.tls }),
      };
      const { requestTimeoutMs } = test;
      return await probe(target, test.checks, { requestTimeoutMs, clock, signal });
    },
    probeDescription: {
      mode: httpCheck === undefined ? 'tcp' : test.tls ? 'https' : 'http',
      port: test.port,
      ...(httpCheck && { path: httpCheck.path }),
    },
    ...(strategy && { strategy }),
    maxSurge: deploy.maxSurge,
    maxUnavailable: deploy.maxUnavailable,
    gate: {
      successes: gate.successes,
      intervalMs: gate.intervalMs,
      minHealthyTimeMs: gate.minHealthyTimeMs,
      healthyDeadlineMs: deadlines.healthyMs,
      maxFlaps: gate.maxFlaps,
      maxFailures: gate.maxFailures,
      probeTimeoutMs: test.requestTimeoutMs,
    },
    ...(drain && { drain }),
    bakeTimeMs: deploy.bakeTimeMs,
    progressDeadlineMs: deadlines.progressMs,
    autoRollback: deploy.autoRollback,
    onExternalResize: deploy.onExternalResize,
    leaseMs: deploy.leaseMs,
  };
}

/** `undefined` lets the engine choose from the quota. */
function strategyFrom(config: StrategyConfig): RolloutOptions['strategy'] {
  if (config.kind === 'auto') return undefined;
  if (config.kind !== 'canary') return config;
  const { followedBy, ...canary } = config;
  return { ...canary, rest: followedBy };
}

/** The engine's part of a drain: how long and how strictly; what is done to a member is the pool's part. */
function drainFrom(config: DrainConfig): RolloutOptions['drain'] {
  if (config.kind === 'none') return undefined;
  const { inFlightGraceMs, maxWindowMs, timeoutMs, onFailure } = config;
  return { inFlightGraceMs, maxWindowMs, timeoutMs, onFailure };
}
