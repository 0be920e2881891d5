import { z } from 'zod';
import { type DrainConfig, drainSchema } from './drain-schema.ts';
import { type ProvenanceConfig, provenanceSchema } from './provenance-schema.ts';
import { type Amount, amount, duration, durationOrZero, wholeNumber } from './scalars.ts';
import { inMilliseconds, withoutDefaults } from './shapes.ts';
import { type StrategyConfig, strategySchema } from './strategy-schema.ts';

/** How the members of the pool are replaced. */
export interface DeployConfig {
  readonly strategy: StrategyConfig;
  readonly gate: GateConfig;
  readonly drain: DrainConfig;
  /** Absent: what the strategy needs. */
  readonly maxSurge?: Amount | undefined;
  readonly maxUnavailable: Amount;
  readonly deadlines: DeadlinesConfig;
  /** How long all new members must last, proved, before the last old ones go. */
  readonly bakeTimeMs: number;
  readonly autoRollback: boolean;
  readonly onExternalResize: 'adopt' | 'pause';
  /** How long a controller that died keeps others out that do not run with `--exclusive`. */
  readonly leaseMs: number;
  /** Absent: nobody has to vouch for the template. */
  readonly provenance?: ProvenanceConfig | undefined;
}

/** What a new member has to show before an old one may go; the checks are those of `test`. */
interface GateConfig {
  /** Times in a row that all checks must pass. */
  readonly successes: number;
  readonly intervalMs: number;
  readonly minHealthyTimeMs: number;
  /** A member that fails again this often after it had passed fails the gate. */
  readonly maxFlaps: number;
  /** A member that a load balancer sends to although it fails its checks this often in a row fails the gate. */
  readonly maxFailures: number;
}

interface DeadlinesConfig {
  /** From the start of a step until its new members have passed the gate. */
  readonly healthyMs: number;
  /** Longest time without any progress. */
  readonly progressMs: number;
}

/** What an environment says differently; `strategy` and `drain` are replaced whole, the rest key by key. */
export type DeployOverrides = Partial<Omit<DeployConfig, 'gate' | 'deadlines'>> & {
  readonly gate?: Partial<GateConfig> | undefined;
  readonly deadlines?: Partial<DeadlinesConfig> | undefined;
};

const gateShape = {
  successes: wholeNumber(1, 1000).prefault(3).describe('Times in a row that all checks must pass'),
  interval: duration.prefault('5s').describe('Pause between two looks'),
  minHealthyTime: durationOrZero
    .prefault('10s')
    .describe('How long they must pass, with the load balancer agreeing'),
  maxFlaps: wholeNumber(1, 1000)
    .prefault(3)
    .describe('A member that fails again this often fails the gate'),
  maxFailures: wholeNumber(1, 1000)
    .prefault(5)
    .describe('A member in rotation that fails this often in a row fails the gate at once'),
};

const deadlinesShape = {
  healthy: duration
    .prefault('5m')
    .describe('From growing until the new members have passed the gate'),
  progress: duration.prefault('10m').describe('Longest time without any progress'),
};

const deployShape = {
  strategy: strategySchema.prefault({ kind: 'auto' }).describe('How many members at a time'),
  drain: drainSchema
    .prefault({ kind: 'stop' })
    .describe('What makes a member fail its health before it goes'),
  maxSurge: amount
    .optional()
    .describe('Members beyond the size of the pool; a share is rounded up; default: by strategy'),
  maxUnavailable: amount
    .prefault(0)
    .describe('Members that may be missing from service; a share is rounded down'),
  bakeTime: durationOrZero
    .prefault('0s')
    .describe('How long all new members must last before the last old ones go'),
  autoRollback: z.boolean().prefault(true).describe('Go back when the gate fails; else stop'),
  onExternalResize: z
    .enum(['adopt', 'pause'])
    .prefault('adopt')
    .describe('When somebody else resizes the pool: take the new size, or stop with exit code 16'),
  lease: duration
    .prefault('5m')
    .describe('How long a deployment that died keeps others out; renewed at half time'),
  provenance: provenanceSchema
    .optional()
    .describe('Present: only a template whose provenance holds is deployed'),
};

export const deploySchema: z.ZodType<DeployConfig, object> = z
  .strictObject({
    ...deployShape,
    gate: z
      .strictObject(gateShape)
      .transform(nameGate)
      .prefault({})
      .describe('What a new member must show before an old one may go'),
    deadlines: z
      .strictObject(deadlinesShape)
      .transform(nameDeadlines)
      .prefault({})
      .describe('Longest waits'),
  })
  .transform((deploy) => inMilliseconds(deploy, 'bakeTime', 'lease'));

export const deployOverridesSchema: z.ZodType<DeployOverrides, object> = z
  .strictObject({
    ...withoutDefaults(deployShape),
    gate: z
      .strictObject(withoutDefaults(gateShape))
      .transform(nameGate)
      .optional()
      .describe('What a new member must show before an old one may go'),
    deadlines: z
      .strictObject(withoutDefaults(deadlinesShape))
      .transform(nameDeadlines)
      .optional()
      .describe('Longest waits'),
  })
  .transform((deploy) => inMilliseconds(deploy, 'bakeTime', 'lease')) as z.ZodType<
  DeployOverrides,
  object
>;

export function overrideDeploy(base: DeployConfig, overrides: DeployOverrides): DeployConfig {
  return {
    ...base,
    ...overrides,
    gate: { ...base.gate, ...overrides.gate },
    deadlines: { ...base.deadlines, ...overrides.deadlines },
    // Keys that are absent in the file are absent here, never `undefined`: spreading cannot lose a value.
  } as DeployConfig;
}

function nameGate<T extends { interval?: unknown; minHealthyTime?: unknown }>(gate: T) {
  return inMilliseconds(gate, 'interval', 'minHealthyTime');
}

function nameDeadlines<T extends { healthy?: unknown; progress?: unknown }>(deadlines: T) {
  return inMilliseconds(deadlines, 'healthy', 'progress');
}
