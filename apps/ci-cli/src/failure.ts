import { isExoRunnerError } from '@exoship/exo-runner';
import { isExoscaleError } from '@exoship/exoscale-api';
import { isPackerError } from '@exoship/packer-build';
import { isRolloutError } from '@exoship/rollout';
import { isSandboxError } from '@exoship/sandbox';
import { isSmokeError } from '@exoship/smoke';
import { isVaultError } from '@exoship/vault-approle';
import { CliError } from './cli-error.ts';
import { ConfigError, type ConfigErrorCode } from './config/config-error.ts';
import { exitCodes, signalExitCode } from './exit-codes.ts';
import { findInterruption } from './interruption.ts';

/** How an error looks from outside: one message, one code, one thing to do next. */
export interface Failure {
  readonly exitCode: number;
  /** What kind of failure, where that is known. */
  readonly code?: string | undefined;
  readonly message: string;
  readonly remedy?: string | undefined;
  /** Whether the same command may succeed when simply run again. */
  readonly retryable: boolean;
  /** Only for our own bugs: a person must be able to report it. */
  readonly stack?: string | undefined;
}

export function toFailure(error: unknown): Failure {
  const interruption = findInterruption(error);
  if (interruption !== undefined) {
    return {
      exitCode: signalExitCode(interruption.signal),
      message: interruption.message,
      retryable: true,
    };
  }
  // A cleanup that failed as well must not hide the error that came first.
  if (error instanceof SuppressedError) return toFailure(error.suppressed);
  return knownFailure(error) ?? bug(error);
}

function knownFailure(error: unknown): Failure | undefined {
  if (error instanceof CliError) {
    const { exitCode, message, remedy, retryable } = error;
    return { exitCode, message, remedy, retryable };
  }
  if (error instanceof ConfigError) {
    return {
      exitCode: exitCodes.usage,
      message: error.message,
      remedy: configRemedy(error.code),
      retryable: false,
    };
  }
  if (isVaultError(error)) {
    if (mayBeIntercepted(error)) return interceptedFailure(error.message);
    return {
      exitCode: exitCodes.vault,
      message: `Vault: ${error.message}`,
      remedy: vaultRemedy(error.code),
      retryable: error.retryable,
    };
  }
  if (isExoscaleError(error) || isExoRunnerError(error) || isSmokeError(error)) {
    const { message, retryable } = error;
    return { exitCode: exitCodes.exoscale, message, retryable };
  }
  if (isPackerError(error)) return packerFailure(error);
  if (isSandboxError(error)) {
    return { exitCode: exitCodes.usage, message: error.message, retryable: false };
  }
  if (isRolloutError(error)) {
    const { message, retryable } = error;
    return { exitCode: exitCodes.stuck, message, retryable };
  }
  return undefined;
}

/** A lost answer to the opening of a wrapping token looks like somebody else's opening. */
function mayBeIntercepted({
  code,
  path,
}: {
  readonly code: string;
  readonly path: string;
}): boolean {
  return code === 'intercepted' || (code === 'ambiguous' && path === 'sys/wrapping/unwrap');
}

function interceptedFailure(message: string): Failure {
  return {
    exitCode: exitCodes.intercepted,
    message: `Vault: ${message}`,
    remedy:
      'Do not run the job again yet: follow "Exit code 17" in docs/credentials.md (destroy the secret id by its accessor, look who unwrapped it in the audit log, then deliver a new one)',
    retryable: false,
  };
}

function packerFailure(error: {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}): Failure {
  const { code, message, retryable } = error;
  if (code === 'qemu-missing' || code === 'ssh-missing') {
    return { exitCode: exitCodes.usage, code, message, retryable };
  }
  if (code !== 'not-installed') return { exitCode: exitCodes.packer, code, message, retryable };
  return {
    exitCode: exitCodes.usage,
    code,
    message,
    remedy: 'Install Packer and put it on PATH, or give the app a `withoutPacker` command',
    retryable,
  };
}

function configRemedy(code: ConfigErrorCode): string {
  if (code === 'file-missing') return 'Name the file by --config or EXOSHIP_CONFIG, or write one';
  return code.startsWith('setting-')
    ? 'Mend what the line names: a flag, a variable or a key of exoship.yaml'
    : 'Mend the file; docs/configuration.md lists every key';
}

function vaultRemedy(code: string): string {
  switch (code) {
    case 'unreachable':
    case 'timed-out':
      return 'Check VAULT_ADDR and that this runner reaches it';
    case 'sealed':
      return 'Unseal Vault, then run the job again';
    case 'denied':
      return "Check the policies of the broker token and of the AppRole's token";
    case 'invalid-credentials':
      return 'Check VAULT_ROLE_ID and the AppRole; a secret id is good for one login only';
    case 'not-found':
      return 'Check mount paths and role names under `vault` in exoship.yaml';
    default:
      return 'See docs/exit-codes.md, code 10';
  }
}

function bug(error: unknown): Failure {
  const isError = error instanceof Error;
  return {
    exitCode: exitCodes.bug,
    message: `Unexpected: ${isError ? error.message : String(error)}`,
    remedy: 'This is a bug in ci-cli; please report it with the lines above',
    retryable: false,
    stack: isError ? error.stack : undefined,
  };
}
