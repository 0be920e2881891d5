import type { BuildConfig } from './build-schema.ts';
import type { DeployConfig } from './deploy-schema.ts';
import type { VaultConfig } from './environment-schema.ts';
import type { Sources } from './setting-reader.ts';
import type { TestConfig } from './test-schema.ts';

/** What flags, environment and file add up to for one app in one environment. Holds no secret: it may be printed. */
export interface Settings {
  /** Absolute; what relative paths start from. */
  readonly folder: string;
  readonly app: string;
  readonly environment: string;
  readonly zone: string;
  readonly pool: string;
  readonly apiEndpoint: string | undefined;
  readonly vault: VaultSettings;
  readonly build: BuildConfig;
  readonly test: TestConfig;
  readonly deploy: DeployConfig;
  /** Where each came from that can be overridden; nothing for what is missing. */
  readonly sources: Sources;
}

export interface VaultSettings extends VaultConfig {
  /** Names the AppRole to Vault; not secret, but kept apart from the secret id. */
  readonly roleId: string | undefined;
}
