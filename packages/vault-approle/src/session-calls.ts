import { encodeApiPath } from './api-path.ts';
import type { Call, Classification } from './call.ts';

/** `GET <path>`: may be repeated when ambiguous, for what it leased unseen dies with the session's token. */
export function readCall(path: string): Call {
  return {
    action: 'read',
    method: 'GET',
    path: encodeApiPath(path),
    template: path,
    repeatWhenAmbiguous: true,
  };
}

/** The lease id goes into the body: URLs are logged, and policies cover only this form. */
export function revokeLeaseCall(leaseId: string): Call {
  return {
    action: 'revoke a lease',
    method: 'POST',
    path: 'sys/leases/revoke',
    template: 'sys/leases/revoke',
    body: { lease_id: leaseId, sync: true },
    repeatWhenAmbiguous: true,
    classify: classifyRevocation,
  };
}

export function lookupLeaseCall(leaseId: string): Call {
  return {
    action: 'look up a lease',
    method: 'POST',
    path: 'sys/leases/lookup',
    template: 'sys/leases/lookup',
    body: { lease_id: leaseId },
    repeatWhenAmbiguous: true,
    classify: classifyLostLease,
  };
}

/** Without an increment: Vault extends by the TTL of the lease. */
export function renewLeaseCall(leaseId: string): Call {
  return {
    action: 'renew a lease',
    method: 'POST',
    path: 'sys/leases/renew',
    template: 'sys/leases/renew',
    body: { lease_id: leaseId },
    repeatWhenAmbiguous: true,
    classify: classifyLostLease,
  };
}

/** Without an increment Vault extends by the TTL of the token; with one, by as much of it as the maximum allows. */
export function renewSelfCall(incrementMs?: number): Call {
  const call = selfCall('renew the token', 'auth/token/renew-self');
  if (incrementMs === undefined) return call;
  return { ...call, body: { increment: `${Math.ceil(incrementMs / 1_000)}s` } };
}

/** A dead token is refused like one without the right to revoke itself: `not-found` is said of the first only. */
export function revokeSelfCall({ isRefusalDeath }: { readonly isRefusalDeath: boolean }): Call {
  const classify = (status: number, message: string): Classification | undefined => {
    if (status !== 403) return undefined;
    if (isRefusalDeath || /\b(?:invalid|bad) token\b/i.test(message)) return { code: 'not-found' };
    return { code: 'denied', hint: 'the policy needs "update" on "auth/token/revoke-self"' };
  };
  return { ...selfCall('revoke the token', 'auth/token/revoke-self'), classify };
}

function selfCall(action: string, path: string): Call {
  return { action, method: 'POST', path, template: path, body: {}, repeatWhenAmbiguous: true };
}

function classifyLostLease(status: number, message: string): Classification | undefined {
  const isLost = status === 400 && /invalid lease|lease (?:not found|expired)/i.test(message);
  return isLost ? { code: 'not-found' } : undefined;
}

/** Vault answers 400 when the system behind the lease refused, which is no fault of the request. */
function classifyRevocation(status: number, message: string): Classification | undefined {
  if (status === 400 && /failed to revoke/i.test(message)) {
    return { code: 'revoke-failed', retryable: true };
  }
  if (status === 403) {
    return { code: 'denied', hint: 'the policy needs "update" on "sys/leases/revoke"' };
  }
  return undefined;
}
