import type { ApiKey } from '@exoship/exo-runner';
import { isVaultError, type VaultSession } from '@exoship/vault-approle';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import type { KeySource } from '../wiring/key-source.ts';

/** Clocks, and the time that giving back takes. */
const MARGIN_MS = 30_000;

interface Lifetime {
  readonly session: VaultSession;
  readonly apiKey: ApiKey;
  /** How long the work will take, as somebody promised. */
  readonly forMs: number;
}

/**
 * Refuses work that would lose its key halfway. The token is asked by extending it; the maximum of a key is read from
 * its role, which a policy need not allow: then it is only said.
 *
 * @throws CliError `refused`
 */
export async function assertLifetime(
  job: Job,
  source: KeySource,
  { session, apiKey, forMs }: Lifetime,
): Promise<void> {
  const { clock, signal } = job.context;
  const wantedMs = forMs + MARGIN_MS;
  const startedAtMs = clock.now().getTime();
  const reaches = (moment: Date): boolean => moment.getTime() - startedAtMs >= wantedMs;

  if (!reaches(session.expiresAt)) await session.renew({ incrementMs: wantedMs, signal });
  if (!reaches(session.expiresAt)) throw tooShort('the Vault token', session.expiresAt, forMs);
  if (reaches(apiKey.expiresAt)) return;
  if (!apiKey.isRenewable) throw tooShort(`key ${apiKey.name}`, apiKey.expiresAt, forMs);
  const maxTtlMs = await readMaxTtl(session, source, signal);
  if (maxTtlMs === undefined) {
    job.progress.warn(
      `nobody knows whether key ${apiKey.name} can live for ${inSeconds(forMs)}: the policy does not allow to read "${roleOf(source)}"`,
    );
  } else if (maxTtlMs < wantedMs) {
    throw tooShort(`key ${apiKey.name}`, new Date(startedAtMs + maxTtlMs), forMs);
  }
}

/** `undefined` when it may not be read; without a maximum of its own a role has that of its mount. */
async function readMaxTtl(
  session: VaultSession,
  source: KeySource,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const { data } = await session.read(roleOf(source), { signal });
    return typeof data.max_ttl === 'number' ? data.max_ttl * 1_000 : undefined;
  } catch (error) {
    if (isVaultError(error) && error.code === 'denied') return undefined;
    throw error;
  }
}

function roleOf({ engineMount, role }: KeySource): string {
  return `${engineMount}/role/${role}`;
}

function tooShort(what: string, until: Date, forMs: number): CliError {
  const message = `Cannot work for ${inSeconds(forMs)}: ${what} cannot live beyond ${until.toISOString()}`;
  return new CliError(message, {
    exitCode: exitCodes.refused,
    remedy: 'Raise max_ttl of the role in Vault (token_max_ttl, or that of the Exoscale role)',
  });
}

function inSeconds(ms: number): string {
  return `${Math.ceil(ms / 1_000)} s`;
}
