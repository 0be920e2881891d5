import { z } from 'zod';
import { type DrainConfig, drainSchema } from './drain-schema.ts';
import { type Amount, amount, duration, wholeNumber } from './scalars.ts';
import { inMilliseconds, withoutDefaults } from './shapes.ts';
import { type StrategyConfig, strategySchema } from './strategy-schema.ts';

/** How the members of the pool are replaced. */
export interface DeployConfig {
  readonly strategy: StrategyConfig;
  readonly gate: GateConfig;
  readonly drain: DrainConfig;
  readonly maxSurge: Amount;
  readonly maxUnavailable: Amount;
  readonly deadlines: DeadlinesConfig;
  readonly autoRollback: boolean;
  readonly onExternalResize: 'adopt' | 'pause';
}

/** What a new member has to show before an old one may go. */
export interface GateConfig {
  /** Times in a row that all checks of `test` must pass. */
  readonly probes: number;
  readonly intervalMs: number;
  readonly minHealthyTimeMs: number;
  /** Also wait until every load balancer of the pool has admitted it. */
  readonly balancerVerdict: boolean;
}

export interface DeadlinesConfig {
  /** From the start of a step until its new members have passed the gate. */
  readonly stepMs: number;
  /** From the start of a drain until the members are gone. */
  readonly drainMs: number;
  readonly totalMs: number;
}

/** What an environment says differently; `strategy` and `drain` are replaced whole, the rest key by key. */
export type DeployOverrides = Partial<Omit<DeployConfig, 'gate' | 'deadlines'>> & {
  readonly gate?: Partial<GateConfig>;
  readonly deadlines?: Partial<DeadlinesConfig>;
};

const gateShape = {
  probes: wholeNumber(1, 1000).prefault(3).describe('Times in a row that all checks must pass'),
  interval: duration.prefault('2s').describe('Pause between two looks at a new member'),
  minHealthyTime: duration.prefault('10s').describe('How long it must have been healthy'),
  balancerVerdict: z
    .boolean()
    .prefault(true)
    .describe('Also wait until every load balancer of the pool has admitted it'),
};

const deadlinesShape = {
  step: duration
    .prefault('10m')
    .describe('From growing until the new members have passed the gate'),
  drain: duration.prefault('5m').describe('From the start of a drain until those members are gone'),
  total: duration.prefault('2h').describe('The whole deployment, without waits for approval'),
};

const deployShape = {
  strategy: strategySchema.prefault({ kind: 'auto' }).describe('How many members at a time'),
  drain: drainSchema
    .prefault({ kind: 'stop' })
    .describe('What makes a member fail its health before it goes'),
  maxSurge: amount
    .prefault('100%')
    .describe('Members beyond the size of the pool; a share is rounded up'),
  maxUnavailable: amount
    .prefault(0)
    .describe('Members that may be missing; a share is rounded down'),
  autoRollback: z.boolean().prefault(true).describe('Go back when a step fails its gate'),
  onExternalResize: z
    .enum(['adopt', 'pause'])
    .prefault('adopt')
    .describe(
      'When somebody else resizes the pool meanwhile: take the new size, or stop with exit code 16',
    ),
};

export const deploySchema: z.ZodType<DeployConfig, object> = z.strictObject({
  ...deployShape,
  gate: z
    .strictObject(gateShape)
    .transform(nameGate)
    .prefault({})
    .describe('What a new member must show'),
  deadlines: z
    .strictObject(deadlinesShape)
    .transform(nameDeadlines)
    .prefault({})
    .describe('Longest waits'),
}) as z.ZodType<DeployConfig, object>;

export const deployOverridesSchema: z.ZodType<DeployOverrides, object> = z.strictObject({
  ...withoutDefaults(deployShape),
  gate: z.strictObject(withoutDefaults(gateShape)).transform(nameGate).optional(),
  deadlines: z.strictObject(withoutDefaults(deadlinesShape)).transform(nameDeadlines).optional(),
}) as z.ZodType<DeployOverrides, object>;

export function overrideDeploy(base: DeployConfig, overrides: DeployOverrides): DeployConfig {
  return {
    ...base,
    ...overrides,
    gate: { ...base.gate, ...overrides.gate },
    deadlines: { ...base.deadlines, ...overrides.deadlines },
  };
}

function nameGate<T extends { interval?: unknown; minHealthyTime?: unknown }>(gate: T) {
  return inMilliseconds(gate, 'interval', 'minHealthyTime');
}

function nameDeadlines<T extends { step?: unknown; drain?: unknown; total?: unknown }>(
  deadlines: T,
) {
  return inMilliseconds(deadlines, 'step', 'drain', 'total');
}
