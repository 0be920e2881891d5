import type { LeaseSource } from '@exoship/exo-runner';
import { isVaultError, type VaultSession } from '@exoship/vault-approle';

/**
 * The session as a key sees it that may outlive it: a token that has met its maximum while the key's last requests were
 * waited for can give nothing back any more, and any other token of the role can do it instead.
 */
export function outliveSession(
  session: VaultSession,
  latest: () => VaultSession | undefined,
): LeaseSource {
  const orLatest = async <T>(ask: (session: VaultSession) => Promise<T>): Promise<T> => {
    try {
      return await ask(session);
    } catch (error) {
      const other = latest();
      if (!isOver(error) || other === undefined || other === session) throw error;
      return await ask(other);
    }
  };
  return {
    read: async (path, options) => await session.read(path, options),
    renewLease: async (leaseId, options) => await session.renewLease(leaseId, options),
    revokeLease: async (leaseId, options) =>
      await orLatest(async (one) => await one.revokeLease(leaseId, options)),
    lookupLease: async (leaseId, options) =>
      await orLatest(async (one) => await one.lookupLease(leaseId, options)),
  };
}

/** A dead token is refused like one without the right. */
function isOver(error: unknown): boolean {
  return isVaultError(error) && (error.code === 'denied' || error.code === 'session-ended');
}
