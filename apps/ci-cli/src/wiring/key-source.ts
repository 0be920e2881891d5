import type { VaultTlsConfig } from '../config/environment-schema.ts';
import type { LoginConfig } from '../config/login-schema.ts';

/** Where the key comes from: resolved from flags, environment and exoship.yaml. */
export interface KeySource extends VaultPlace {
  readonly stage: 'build' | 'test' | 'deploy';
  readonly login: LoginConfig;
  /** Only an AppRole needs it. */
  readonly roleId: string | undefined;
  readonly appRole: string;
  readonly appRoleMount: string;
  readonly engineMount: string;
  /** Role of the Exoscale secrets engine: decides what the key may do. */
  readonly role: string;
  readonly zone: string;
  readonly endpoint: string | undefined;
  /** A GET that the stage makes anyway: seeing it refused proves that the key is dead, not that it was never allowed. */
  readonly proofPath: string;
}

/** Which Vault, and whom to believe that it is. */
export interface VaultPlace {
  readonly address: string;
  readonly namespace?: string | undefined;
  readonly caFile?: string | undefined;
  readonly tls: VaultTlsConfig;
}
