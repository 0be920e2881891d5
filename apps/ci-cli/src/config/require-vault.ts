import { ConfigError, type Problem } from './config-error.ts';
import { waysToSet } from './setting-reader.ts';
import type { Settings, VaultSettings } from './settings.ts';

export interface VaultLogin extends VaultSettings {
  readonly address: string;
  readonly roleId: string;
}

/**
 * The Vault settings of a command that logs in; others do without.
 *
 * @throws ConfigError naming every way to set what is missing.
 */
export function requireVault({ vault }: Settings): VaultLogin {
  const { address, roleId } = vault;
  if (address !== undefined && roleId !== undefined) {
    return { ...vault, address, roleId };
  }
  const problems: Problem[] = [];
  if (address === undefined) {
    problems.push({
      path: '',
      message: `Missing address of Vault: set ${waysToSet('vaultAddress')}`,
    });
  }
  if (roleId === undefined) {
    problems.push({
      path: '',
      message: `Missing role id of the AppRole: set ${waysToSet('vaultRoleId')}`,
    });
  }
  throw new ConfigError('setting-missing', { subject: 'these settings', problems });
}
