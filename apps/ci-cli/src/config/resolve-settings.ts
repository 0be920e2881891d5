import { z } from 'zod';
import { ConfigError, type Problem } from './config-error.ts';
import type { AppConfig, Config } from './config-schema.ts';
import { overrideDeploy } from './deploy-schema.ts';
import type { EnvironmentConfig, VaultTlsConfig } from './environment-schema.ts';
import { fillPlaceholders } from './placeholders.ts';
import type { SigningConfig } from './provenance-schema.ts';
import { name, path, port, serviceUrl, zone } from './scalars.ts';
import { createSettingReader, type Given, type SettingReader } from './setting-reader.ts';
import type { Settings, VaultSettings } from './settings.ts';
import { type StrategyConfig, strategySchema } from './strategy-schema.ts';

export interface ResolveSettingsOptions extends Given {
  readonly config: Config;
  /** Goes before every flag: for a command that names the app itself. */
  readonly app?: string | undefined;
  readonly environment?: string | undefined;
}

/**
 * What holds for one app in one environment: flag before variable before file before default. Pure.
 *
 * @throws ConfigError with everything that is missing or cannot be used.
 */
export function resolveSettings(options: ResolveSettingsOptions): Settings {
  const { config, env } = options;
  const flags = {
    ...options.flags,
    ...(options.app !== undefined && { app: options.app }),
    ...(options.environment !== undefined && { environment: options.environment }),
  };
  const reader = createSettingReader({ flags, env });
  const app = reader.choose('app', Object.keys(config.apps));
  const environment = reader.choose('environment', Object.keys(config.environments));
  const appConfig = config.apps[app ?? ''];
  const environmentConfig = config.environments[environment ?? ''];
  if (!app || !environment || !appConfig || !environmentConfig) {
    throw unusable(reader.problems);
  }

  const settings = {
    folder: config.folder,
    app,
    environment,
    ...readPlace(reader, { app, environment, environmentConfig }),
    vault: readVault(reader, { environment, environmentConfig }),
    ...readApp(reader, { app, appConfig, environment, environmentConfig }),
    sources: reader.sources,
  };
  if (reader.problems.length > 0) {
    throw unusable(reader.problems);
  }
  return settings;
}

interface Chosen {
  readonly app: string;
  readonly appConfig: AppConfig;
  readonly environment: string;
  readonly environmentConfig: EnvironmentConfig;
}

function readPlace(
  reader: SettingReader,
  { app, environment, environmentConfig }: Omit<Chosen, 'appConfig'>,
): Pick<Settings, 'zone' | 'pool' | 'apiEndpoint'> {
  const fill = (text: string) => fillPlaceholders(text, { app, environment });
  const key = `environments.${environment}`;
  return {
    zone: reader.read('zone', zone, { key: `${key}.zone`, value: environmentConfig.zone }),
    pool: reader.read('pool', name, { key: `${key}.pool`, value: fill(environmentConfig.pool) }),
    apiEndpoint: reader.read('apiEndpoint', serviceUrl, NOT_IN_FILE),
  };
}

function readVault(
  reader: SettingReader,
  { environment, environmentConfig }: Pick<Chosen, 'environment' | 'environmentConfig'>,
): VaultSettings {
  const { vault } = environmentConfig;
  const key = `environments.${environment}.vault`;
  return {
    ...vault,
    address: reader.read('vaultAddress', serviceUrl, {
      key: `${key}.address`,
      value: vault.address,
    }),
    namespace: reader.read('vaultNamespace', name, {
      key: `${key}.namespace`,
      value: vault.namespace,
    }),
    caFile: reader.read('vaultCaFile', path, { key: `${key}.caFile`, value: vault.caFile }),
    tls: readTls(reader, `${key}.tls`, vault.tls),
    roleId: reader.read('vaultRoleId', name, NOT_IN_FILE),
  };
}

function readTls(reader: SettingReader, key: string, tls: VaultTlsConfig): VaultTlsConfig {
  const { serverName, clientCertFile, clientKeyFile } = tls;
  const at = (leaf: string, value: string | undefined) => ({ key: `${key}.${leaf}`, value });
  return {
    ...tls,
    serverName: reader.read('vaultServerName', name, at('serverName', serverName)),
    clientCertFile: reader.read('vaultClientCert', path, at('clientCertFile', clientCertFile)),
    clientKeyFile: reader.read('vaultClientKey', path, at('clientKeyFile', clientKeyFile)),
  };
}

function readApp(
  reader: SettingReader,
  { app, appConfig, environment, environmentConfig }: Chosen,
): Pick<Settings, 'build' | 'test' | 'deploy'> {
  const { build, test } = appConfig;
  const deploy = overrideDeploy(appConfig.deploy, environmentConfig.deploy);
  const strategyIn = environmentConfig.deploy.strategy
    ? `environments.${environment}`
    : `apps.${app}`;
  const strategy = reader.read('strategy', strategyOfKind, {
    key: `${strategyIn}.deploy.strategy`,
    value: deploy.strategy,
  });
  return {
    build: {
      ...build,
      ...(build.provenance && { provenance: readSigning(reader, app, build.provenance) }),
    },
    test: {
      ...test,
      port: reader.read('port', portText, { key: `apps.${app}.test.port`, value: test.port }),
    },
    deploy: {
      ...deploy,
      // The file may say more about the same kind than its name does.
      strategy: strategy.kind === deploy.strategy.kind ? deploy.strategy : strategy,
    },
  };
}

function readSigning(reader: SettingReader, app: string, signing: SigningConfig): SigningConfig {
  if (signing.kind !== 'key') return signing;
  const key = `apps.${app}.build.provenance.keyFile`;
  return {
    ...signing,
    keyFile: reader.read('provenanceKey', path, { key, value: signing.keyFile }),
  };
}

const NOT_IN_FILE = { key: '', value: undefined };

const portText: z.ZodType<number> = z
  .string()
  .transform((text): unknown => (/^\d+$/.test(text) ? Number(text) : text))
  .pipe(port as z.ZodType<number, unknown>);

const strategyOfKind: z.ZodType<StrategyConfig> = z
  .string()
  .transform((kind): unknown => ({ kind }))
  .pipe(strategySchema as z.ZodType<StrategyConfig, unknown>);

function unusable(problems: readonly Problem[]): ConfigError {
  const isMissing = problems.every(({ message }) => message.startsWith('Missing'));
  return new ConfigError(isMissing ? 'setting-missing' : 'setting-invalid', {
    subject: 'these settings',
    problems,
  });
}
