// Functions

// Options, events and outcomes
export type { Check, HttpCheck, TcpCheck } from './check.ts';
// Ports
export type { Clock } from './clock.ts';
// Errors
export { isSmokeError, SmokeError, type SmokeErrorCode } from './error.ts';
export type { AnswerExcerpt } from './evidence.ts';
export type {
  CallOptions,
  InstanceProvider,
  InstanceRequest,
  InstanceView,
} from './instance-provider.ts';
export type { ProbeOptions, ProbeResult } from './probe.ts';
export { probe } from './probe.ts';
export type { CheckResult } from './run-check.ts';
export type { SmokeEvent } from './smoke-event.ts';
export { isExpiredSmoke, smokeLabels } from './smoke-labels.ts';
export type {
  SmokeTestOptions,
  StabilityWindow,
  TeardownLimits,
  WaitLimits,
} from './smoke-options.ts';
export type { Evidence, SmokeFailure, SmokeReport } from './smoke-report.ts';
export { smokeTest } from './smoke-test.ts';
export type { HttpAnswer, HttpQuestion, ProbeTarget, TlsSettings, Transport } from './transport.ts';
