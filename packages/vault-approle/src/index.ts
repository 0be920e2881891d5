export type { Clock } from './clock.ts';
export {
  type ConnectOptions,
  connectToVault,
  type TokenFacts,
  type VaultConnection,
  type WriteOptions,
} from './connect-to-vault.ts';
export type { ConnectionOptions } from './connection-options.ts';
export type { VaultHealth } from './health.ts';
export type { JwtLoginOptions } from './jwt-options.ts';
export type { LeasedSecret } from './leased-secret.ts';
export type {
  BrokerCredential,
  Credential,
  LoginOptions,
  SecretIdCredential,
  WrappedSecretIdCredential,
} from './login-options.ts';
export { loginWithAppRole } from './login-with-app-role.ts';
export { loginWithJwt } from './login-with-jwt.ts';
export type { Secret } from './secret.ts';
export type { TrustOptions } from './trust.ts';
export { isVaultError, VaultError, type VaultErrorCode } from './vault-error.ts';
export type { CallOptions, RenewOptions, VaultSession } from './vault-session.ts';
