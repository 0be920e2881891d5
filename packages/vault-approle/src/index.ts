export type { Clock } from './clock.ts';
export type { LeasedSecret } from './leased-secret.ts';
export type { BrokerCredential, LoginOptions, SecretIdCredential } from './login-options.ts';
export { loginWithAppRole } from './login-with-app-role.ts';
export type { Secret } from './secret.ts';
export { isVaultError, VaultError, type VaultErrorCode } from './vault-error.ts';
export type { CallOptions, VaultSession } from './vault-session.ts';
