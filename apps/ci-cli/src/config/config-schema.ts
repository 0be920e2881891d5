import { z } from 'zod';
import { type BuildConfig, buildSchema } from './build-schema.ts';
import { type DeployConfig, deploySchema, overrideDeploy } from './deploy-schema.ts';
import { type EnvironmentConfig, environmentSchema } from './environment-schema.ts';
import { identifier } from './scalars.ts';
import { type TestConfig, testSchema } from './test-schema.ts';

/** exoship.yaml, schema version 1, with every default filled in. Durations are milliseconds. */
export interface Config {
  /** As it was named; for messages. */
  readonly file: string;
  /** Absolute; what relative paths in the file start from. */
  readonly folder: string;
  readonly apps: Readonly<Record<string, AppConfig>>;
  readonly environments: Readonly<Record<string, EnvironmentConfig>>;
}

export interface AppConfig {
  readonly build: BuildConfig;
  readonly test: TestConfig;
  readonly deploy: DeployConfig;
}

/** What the file itself holds. */
export type ConfigContent = Omit<Config, 'file' | 'folder'>;

export const SCHEMA_VERSION = 1;

const appSchema = z.strictObject({
  build: buildSchema.describe('How the image is made'),
  test: testSchema.describe('How one instance of it is tried'),
  deploy: deploySchema.prefault({}).describe('How the members of the pool are replaced'),
});

const atLeastOne = (what: string) => ({
  check: (record: object) => Object.keys(record).length > 0,
  error: `Expected at least one ${what}`,
});

const apps = atLeastOne('app');
const environments = atLeastOne('environment');

export const configSchema: z.ZodType<ConfigContent> = z
  .strictObject({
    version: z.literal(SCHEMA_VERSION).describe('Version of this format'),
    apps: z.record(identifier, appSchema).refine(apps.check, apps).describe('Apps, by name'),
    environments: z
      .record(identifier, environmentSchema)
      .refine(environments.check, environments)
      .describe('Places to deploy to, by name'),
  })
  .superRefine((config, context) => {
    for (const { path, deploy } of deployments(config)) {
      if (
        deploy.maxSurge !== undefined &&
        isNothing(deploy.maxSurge) &&
        isNothing(deploy.maxUnavailable)
      ) {
        const message =
          'Expected maxSurge or maxUnavailable to be more than 0: nothing could ever be replaced';
        context.addIssue({ code: 'custom', path, message });
      }
    }
  })
  .transform(({ apps, environments }) => ({ apps, environments }));

/** Every `deploy` that can come into force, with the place that is to blame for it. */
function deployments({ apps, environments }: ConfigContent) {
  return Object.entries(apps).flatMap(([app, { deploy }]) => [
    { path: ['apps', app, 'deploy'], deploy },
    ...Object.entries(environments)
      .filter(
        ([, { deploy: overrides }]) => 'maxSurge' in overrides || 'maxUnavailable' in overrides,
      )
      .map(([environment, { deploy: overrides }]) => ({
        path: ['environments', environment, 'deploy'],
        deploy: overrideDeploy(deploy, overrides),
      })),
  ]);
}

function isNothing(amount: number | string): boolean {
  return Number.parseInt(String(amount), 10) === 0;
}
