import { tryCreateExo } from './create-exo/try-create-exo.ts';
import type { RealCheck } from './real-check.ts';
import type { RealOptions, Skipped } from './run-real.ts';
import { tryVault } from './vault-contract/try-vault.ts';

type Options = Omit<RealOptions, 'onExo'>;

/** The contract suite on a real Vault, or an OpenBao where there is no Vault. */
export async function runVault(options: Options): Promise<readonly RealCheck[] | Skipped> {
  const { tools, check, seed, signal } = options;
  const binary = tools.vault.file ?? tools.bao.file;
  if (binary === undefined) return { skipped: 'no vault and no bao: set REAL_VAULT' };
  const plugin = tools['vault plugin'].file;
  const onApiCall = check?.judge ?? (() => undefined);
  return await tryVault({ binary, plugin, seed, onApiCall, signal });
}

/** Our wrapper around the real `exo`. */
export async function runCreateExo(options: Options): Promise<readonly RealCheck[] | Skipped> {
  const { tools, check, seed, signal } = options;
  const binary = tools.exo.file;
  if (binary === undefined) return { skipped: 'no exo' };
  const onApiCall = check?.judge ?? (() => undefined);
  return await tryCreateExo(binary, { seed, onApiCall }, signal);
}
