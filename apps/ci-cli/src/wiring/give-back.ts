import type { ApiKey, Revocation } from '@exoship/exo-runner';
import type { VaultSession } from '@exoship/vault-approle';
import type { Job } from '../job.ts';
import { type CleanupLimits, limitCleanup } from '../limit-cleanup.ts';

/** The interrupted ones are their share of the ten seconds that a cancelled job has. */
export const KEY_LIMITS: CleanupLimits = { calmMs: 5_000, interruptedMs: 3_000 };
const TOKEN_LIMITS: CleanupLimits = { calmMs: 5_000, interruptedMs: 1_000 };

/** Revokes the key's lease and enters into the books how far that is proven. Never rejects. */
export async function giveBackKey(job: Job, apiKey: ApiKey): Promise<void> {
  using limit = limitCleanup(job.context.signal, KEY_LIMITS);
  recordKey(job, apiKey, await apiKey.revoke({ signal: limit.signal }));
}

export function recordKey(job: Job, { name }: ApiKey, revocation: Revocation): void {
  const { outcome, leaseId, expiresAt, reason } = revocation;
  const what = `API key ${name} (lease ${leaseId})`;
  job.cleanup.record({ what, outcome, detail: reason, expiresAt });
  if (outcome === 'proven') job.progress.line(`key ${name} revoked, proven`);
}

/** Revokes the token, and with it whatever may still be leased by it. Never rejects. */
export async function giveBackToken(job: Job, session: VaultSession): Promise<void> {
  using limit = limitCleanup(job.context.signal, TOKEN_LIMITS);
  const what = `Vault token (accessor ${session.accessor})`;
  try {
    await session.revoke({ signal: limit.signal });
    job.cleanup.record({ what, outcome: 'proven' });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    job.cleanup.record({ what, outcome: 'failed', detail, expiresAt: session.expiresAt });
  }
}
