import { connectToVault, isVaultError } from '@exoship/vault-approle';
import { CliError } from '../cli-error.ts';
import { connectionTo } from '../credentials/connection.ts';
import { readSecret } from '../credentials/read-secret.ts';
import { refuseExposure } from '../credentials/refuse-exposure.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, loadSettings, vaultPlaceOf } from '../load-settings.ts';
import { parseDuration } from '../parse-duration.ts';
import { desiredState, type SetupOptions } from '../vault-setup/desired-state.ts';
import { renderIamRoles } from '../vault-setup/iam-roles.ts';
import { type PlannedChange, planSetup } from '../vault-setup/plan-setup.ts';
import { renderSetup } from '../vault-setup/render-setup.ts';

/**
 * Says what Vault lacks for the pipeline; with `--apply` puts it there, with `--print` only prints it. The engine's root
 * key is never touched: reading it back would show it.
 */
export async function vaultSetup(job: Job, flags: Flags): Promise<number> {
  const { context, progress } = job;
  const settings = await loadSettings(job, flags);
  const desired = desiredState(settings, optionsFrom(flags));
  if (flags.print === true) {
    context.stdout.write(`${renderIamRoles(settings)}\n${renderSetup(desired)}`);
    return exitCodes.ok;
  }
  refuseExposure(job);
  const token = await readSecret(job, 'env:VAULT_TOKEN', 'token that may set Vault up');
  const vault = connectToVault({ ...(await connectionTo(job, vaultPlaceOf(settings))), token });
  const changes = await planSetup(vault, desired, context.signal).catch(asAdministrator);
  for (const change of changes) {
    progress.line(describe(change));
    if (flags.apply === true && change.kind !== 'same') {
      await vault.write(change.desired.path, change.desired.body, {
        signal: context.signal,
        // Mounting the same twice is refused: a lost answer is for a person to look at.
        isIdempotent: !/^sys\/(?:auth|mounts)\//.test(change.desired.path),
      });
    }
  }
  const open = changes.filter(({ kind }) => kind !== 'same').length;
  job.result.setup = changes.map(({ desired: { path }, kind, differs }) => ({
    path,
    kind,
    differs,
  }));
  progress.line(closingLine(open, flags.apply === true));
  return exitCodes.ok;
}

/** The advice for a job's own token would lead astray: this one is a person's. */
function asAdministrator(error: unknown): never {
  if (!isVaultError(error) || !['denied', 'invalid-credentials'].includes(error.code)) throw error;
  throw new CliError(`Vault: ${error.message}`, {
    exitCode: exitCodes.vault,
    remedy: 'Put the token of an administrator of Vault into VAULT_TOKEN',
    cause: error,
  });
}

function describe({ desired: { path, why }, kind, differs }: PlannedChange): string {
  const fields = kind === 'update' ? ` (${differs.join(', ')})` : '';
  return `${kind.padEnd(6)} ${path}${fields}: ${why}`;
}

function closingLine(open: number, isApplied: boolean): string {
  if (open === 0) return 'Vault is set up as it should be';
  return isApplied ? `${open} changed` : `${open} to change: say --apply to do it`;
}

function optionsFrom(flags: Flags): SetupOptions {
  const seconds = (flag: string, value: unknown) => parseDuration(flag, String(value)) / 1_000;
  return {
    keyTtlSeconds: seconds('--key-ttl', flags.keyTtl),
    keyMaxTtlSeconds: seconds('--key-max-ttl', flags.keyMaxTtl),
    tokenMaxTtlSeconds: seconds('--token-max-ttl', flags.tokenMaxTtl),
    jwt: jwtFrom(flags),
  };
}

function jwtFrom({ jwtIssuer, jwtAudience, jwtProject }: Flags): SetupOptions['jwt'] {
  const given = [jwtIssuer, jwtAudience, jwtProject].filter((value) => value !== undefined);
  if (given.length === 0) return undefined;
  if (given.length === 3) {
    return {
      issuer: String(jwtIssuer),
      audience: String(jwtAudience),
      project: String(jwtProject),
    };
  }
  throw new CliError('--jwt-issuer, --jwt-audience and --jwt-project belong together', {
    exitCode: exitCodes.usage,
    remedy: 'Give all three, or none to leave the JWT method alone',
  });
}
