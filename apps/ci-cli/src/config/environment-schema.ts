import { z } from 'zod';
import { type DeployOverrides, deployOverridesSchema } from './deploy-schema.ts';
import { textWith } from './placeholders.ts';
import { name, path, serviceUrl, zone } from './scalars.ts';

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
  readonly mounts: { readonly approle: string; readonly exoscale: string };
  /** Name of the AppRole, to ask for a secret id. */
  readonly appRole: string;
  /** Roles of the Exoscale secrets engine: each stage gets only the rights that it needs. */
  readonly roles: { readonly build: string; readonly test: string; readonly deploy: string };
}

const mountsSchema = z.strictObject({
  approle: name.prefault('approle').describe('Where the AppRole method is mounted, below `auth/`'),
  exoscale: name.prefault('exoscale').describe('Where the Exoscale secrets engine is mounted'),
});

const rolesSchema = z.strictObject({
  build: name.describe('Role for `build`: register templates'),
  test: name.describe('Role for `test` and `sweep`: instances'),
  deploy: name.describe('Role for `deploy`: the instance pool'),
});

const vaultSchema = z.strictObject({
  address: serviceUrl.optional().describe('URL of Vault'),
  namespace: name.optional().describe('Vault namespace'),
  caFile: path.optional().describe("PEM of the authority of Vault's certificate"),
  mounts: mountsSchema.prefault({}).describe('Where things are mounted'),
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
