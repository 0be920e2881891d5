import { z } from 'zod';
import { type DeployOverrides, deployOverridesSchema } from './deploy-schema.ts';
import { type LoginConfig, loginSchema } from './login-schema.ts';
import { textWith } from './placeholders.ts';
import { name, path, pattern, serviceUrl, zone } from './scalars.ts';

/** Where an app is deployed, and whose rights are used for it. */
export interface EnvironmentConfig {
  readonly zone: string;
  /** Name or id of the instance pool; may hold `app` and `environment`. */
  readonly pool: string;
  readonly vault: VaultConfig;
  readonly deploy: DeployOverrides;
}

/** Nothing secret: role id and tokens come from the environment of the job. */
export interface VaultConfig {
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
  readonly caFile?: string | undefined;
  readonly tls: VaultTlsConfig;
  readonly mounts: { readonly approle: string; readonly exoscale: string };
  readonly login: LoginConfig;
  /** Name of the AppRole, to ask for a secret id; the names of the JWT roles begin with it. */
  readonly appRole: string;
  /** Roles of the Exoscale secrets engine: each stage gets only the rights that it needs. */
  readonly roles: { readonly build: string; readonly test: string; readonly deploy: string };
}

/** Beyond the authority of Vault's certificate. */
export interface VaultTlsConfig {
  readonly serverName?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly clientCertFile?: string | undefined;
  readonly clientKeyFile?: string | undefined;
}

const tlsSchema = z.strictObject({
  serverName: name.optional().describe("Name in Vault's certificate, when it is not the host"),
  fingerprint: pattern(
    /^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/,
    'Expected a SHA-256 in hexadecimal',
  )
    .optional()
    .describe('SHA-256 of the only certificate to believe'),
  clientCertFile: path.optional().describe('PEM of our certificate, for a Vault that asks'),
  clientKeyFile: path.optional().describe('PEM of its key'),
});

const mountsSchema = z.strictObject({
  approle: name.prefault('approle').describe('Where the AppRole method is mounted, below `auth/`'),
  exoscale: name.prefault('exoscale').describe('Where the Exoscale secrets engine is mounted'),
});

const rolesSchema = z.strictObject({
  build: name.describe('Role for `build`, and for the uploads that `sweep` deletes'),
  test: name.describe('Role for `test`, and for the instances that `sweep` deletes'),
  deploy: name.describe('Role for `deploy` and `rollout`: the instance pool'),
});

const vaultSchema = z.strictObject({
  address: serviceUrl.optional().describe('URL of Vault'),
  namespace: name.optional().describe('Vault namespace'),
  caFile: path.optional().describe("PEM of the authority of Vault's certificate"),
  tls: tlsSchema.prefault({}).describe('How Vault and the job know each other'),
  mounts: mountsSchema.prefault({}).describe('Where things are mounted'),
  login: loginSchema.prefault({ kind: 'auto' }).describe('How jobs log in'),
  appRole: name.describe('AppRole that jobs log in with'),
  roles: rolesSchema.describe('Roles of the Exoscale secrets engine, one per stage'),
});

export const environmentSchema: z.ZodType<EnvironmentConfig> = z.strictObject({
  zone: zone.describe('Exoscale zone'),
  pool: textWith('app', 'environment').describe('Instance pool, by name or id'),
  vault: vaultSchema.describe('Where the API keys come from'),
  deploy: deployOverridesSchema
    .prefault({})
    .describe(
      'The keys of `apps.*.deploy`, where they differ here; `strategy` and `drain` as a whole',
    ),
});
