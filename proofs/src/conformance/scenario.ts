import type { Exoscale } from '@exoship/exoscale-api';
import { createRolloutPool } from '@exoship/exoscale-api/rollout-pool';
import { type Probe, type RolloutEvent, type RolloutResult, rollout } from '@exoship/rollout';
import type { Cloud } from '@exoship/sandbox';
import { createBalancedPool } from '../harness/create-balanced-pool.ts';

/** One world in which the scenario can be played: simulated in virtual time, or real processes on the wall's. */
export interface Stage {
  readonly exoscale: Exoscale;
  readonly cloud: Cloud;
  readonly clock: {
    now(): Date;
    monotonicMs(): number;
    sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  };
  readonly probe: Probe;
  readonly appPort: number;
  /** Registers a template whose app behaves like this; returns its id. */
  register(name: string, release: 'good' | 'bad-health'): Promise<string>;
}

export interface Played {
  readonly result: RolloutResult;
  /** What was decided and done, without times: the same wherever it is played. */
  readonly decisions: readonly string[];
}

const POOL_SIZE = 3;

/** Replaces a balanced pool of three by a release, good or bad, and tells what was decided. */
export async function playScenario(stage: Stage, release: 'good' | 'bad-health'): Promise<Played> {
  const { exoscale, clock, probe } = stage;
  const before = await stage.register('before', 'good');
  const after = await stage.register('after', release);
  const poolId = await makePool(stage, before);
  const events: RolloutEvent[] = [];
  const result = await rollout(createRolloutPool(exoscale, { poolId, clock }), {
    template: after,
    // A reason quotes the probe, and a simulated guest has no HTTP status to quote.
    probe: async (member, options) => {
      const { passed } = await probe(member, options);
      return { passed, detail: passed ? 'passed' : 'failed' };
    },
    strategy: { kind: 'double' },
    gate: { successes: 2, intervalMs: 500, minHealthyTimeMs: 1_000, healthyDeadlineMs: 12_000 },
    drain: { inFlightGraceMs: 1_000 },
    exclusive: true,
    owner: 'scenario',
    createId: () => 'nonce',
    rolloutId: 'scenario',
    clock,
    onEvent: (event) => events.push(event),
  });
  return { result, decisions: events.flatMap(decisionIn) };
}

async function makePool(stage: Stage, templateId: string): Promise<string> {
  const { exoscale, cloud, appPort, clock } = stage;
  const { poolId } = await createBalancedPool(exoscale, {
    name: 'scenario',
    size: POOL_SIZE,
    templateId,
    port: appPort,
  });
  for (let look = 0; look < 100; look += 1) {
    const [service] = cloud.snapshot().services;
    if (service?.serving.length === POOL_SIZE) return poolId;
    await clock.sleep(200);
  }
  throw new RangeError('The pool of the scenario never served');
}

/** Which member is evicted first is part of it; how long something took is not. */
function decisionIn(event: RolloutEvent): readonly string[] {
  if (event.type === 'mutation-start') {
    const { call, size, template, members } = event;
    return [`${call} ${JSON.stringify({ size, template, members })}`];
  }
  if (event.type !== 'decision-made' || event.action === 'wait') return [];
  return [`${event.action}: ${event.reason}`];
}
