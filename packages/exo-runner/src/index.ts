export type { ApiKey } from './api-key.ts';
export {
  type ApiKeyProvider,
  type ApiKeyProviderOptions,
  createApiKeyProvider,
  type KeyHold,
  type ReplaceableKey,
} from './api-key-provider.ts';
export type { Environment } from './child-environment.ts';
export type { Clock } from './clock.ts';
export type { Credentials } from './credentials.ts';
export { ExoRunnerError, type ExoRunnerErrorCode, isExoRunnerError } from './exo-runner-error.ts';
export { type Freshness, type KeepFreshOptions, keepFresh, type Renewable } from './keep-fresh.ts';
export type { CallOptions, Lease, LeaseSource } from './lease-source.ts';
export { mintApiKey } from './mint-api-key.ts';
export type { MintOptions, RefusalCheck } from './mint-options.ts';
export { createRedactor, type RedactorSink } from './redactor.ts';
export type { Revocation } from './revocation.ts';
export type { Command, RunOptions } from './run-options.ts';
export { type RunResult, runWithKey } from './run-with-key.ts';
export { createSecret, type Secret } from './secret.ts';
