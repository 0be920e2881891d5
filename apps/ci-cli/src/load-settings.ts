import { CliError } from './cli-error.ts';
import { loadConfig } from './config/load-config.ts';
import { resolveSettings } from './config/resolve-settings.ts';
import type { Settings } from './config/settings.ts';
import { exitCodes } from './exit-codes.ts';
import type { Job } from './job.ts';
import type { KeySource, VaultPlace } from './wiring/key-source.ts';

/** As commander gives them. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
export type Stage = 'build' | 'test' | 'deploy';

/** What flags, environment and exoship.yaml add up to for this command. */
export async function loadSettings({ context }: Job, flags: Flags): Promise<Settings> {
  const { env, cwd, signal } = context;
  const named = flags.config ?? env.EXOSHIP_CONFIG;
  const file = named ? String(named) : undefined;
  const config = await loadConfig({ file, cwd, signal });
  return resolveSettings({ config, flags, env });
}

const PROOF_PATHS: Readonly<Record<Stage, string>> = {
  build: '/template',
  test: '/instance-type',
  deploy: '/instance-pool',
};

/** Whose key a stage uses. @throws CliError naming what the job lacks. */
export function keySourceOf(settings: Settings, stage: Stage): KeySource {
  const { login, roleId, mounts, appRole, roles } = settings.vault;
  return {
    ...vaultPlaceOf(settings),
    stage,
    login,
    roleId,
    appRole,
    appRoleMount: mounts.approle,
    engineMount: mounts.exoscale,
    role: roles[stage],
    zone: settings.zone,
    endpoint: settings.apiEndpoint,
    proofPath: PROOF_PATHS[stage],
  };
}

/** @throws CliError when nobody says where Vault is */
export function vaultPlaceOf({ vault }: Settings): VaultPlace {
  const { address, namespace, caFile, tls } = vault;
  return { address: required(address, 'VAULT_ADDR', 'the URL of Vault'), namespace, caFile, tls };
}

/** @throws CliError naming the variable to set */
export function required(value: string | undefined, variable: string, what: string): string {
  if (value) return value;
  throw new CliError(`${variable} is not set: there is no way to know ${what}`, {
    exitCode: exitCodes.usage,
    remedy: `Set ${variable} for this job`,
  });
}
