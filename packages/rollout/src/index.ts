// Functions

// Options
export type { Clock } from './clock.ts';
export type { Control } from './control-rollout.ts';
export { controlRollout } from './control-rollout.ts';
// Results
export type { RolloutErrorCode } from './error.ts';
export { isRolloutError, RolloutError } from './error.ts';
export type {
  MemberView,
  MutationCall,
  RolloutEvent,
  RolloutEventBody,
  WarningCode,
} from './events.ts';
export type { Amount } from './fenceposts.ts';
export type { ProbeResult } from './health.ts';
export type {
  ControlOptions,
  DrainOptions,
  GateOptions,
  Probe,
  ProbeDescription,
  RolloutOptions,
} from './options.ts';
export type { PlannedStep, PlanOptions, RolloutPlan } from './plan-rollout.ts';
export { planRollout } from './plan-rollout.ts';
// Port
export type {
  Annotations,
  BalancerCheck,
  CallOptions,
  Member,
  MemberState,
  Observation,
  Pool,
  PoolFault,
} from './pool.ts';
export type { RolloutStatus, TemplateCount } from './read-rollout.ts';
export { readRollout } from './read-rollout.ts';
export type { LastRollout, Phase, RolloutRecord } from './record.ts';
export type { RolloutResult } from './result.ts';
export { rollout } from './rollout.ts';
export type { Action, Outcome } from './situation.ts';
export type { Strategy } from './strategy.ts';
