import type { KeyParts } from './api-key.ts';
import type { LeaseSource } from './lease-source.ts';
import type { MintSettings } from './mint-options.ts';
import { createRedactor } from './redactor.ts';
import { createBudget, type Outcome, tryUntil } from './retry.ts';
import type { Revocation } from './revocation.ts';

/** Revokes the lease, then looks for itself whether lease and key are really gone. */
export async function proveRevocation(
  parts: KeyParts,
  signal: AbortSignal | undefined,
): Promise<Revocation> {
  const { source, leaseId, expiresAt, settings } = parts;
  const redactor = createRedactor();
  redactor.add(parts.secret);
  const tell = (outcome: Revocation['outcome'], why?: string): Revocation => {
    const told = { outcome, leaseId, expiresAt };
    return why === undefined ? told : { ...told, reason: redactor.redact(why) };
  };
  const budget = createBudget(settings, signal);

  const revoked = await tryUntil(budget, {
    act: (own) => source.revokeLease(leaseId, { signal: own }),
    isDone: () => true,
    otherwise: '',
  });
  if (!revoked.isDone) return tell('failed', revoked.why);

  const gone = await tryUntil(budget, {
    act: (own) => source.lookupLease(leaseId, { signal: own }),
    isDone: (found) => found === undefined,
    otherwise: 'The lease is still known',
  });
  if (!gone.isDone) return tell('accepted', gone.why);

  const { isRefused } = settings;
  if (isRefused === undefined) return tell('accepted', 'Nobody tried whether the key is refused');
  const refused = await tryUntil(budget, {
    act: (own) => isRefused({ key: parts.key, secret: parts.secret }, { signal: own }),
    isDone: (answer) => answer,
    otherwise: 'The key is still accepted',
  });
  return refused.isDone ? tell('proven') : tell('accepted', refused.why);
}

/** Revokes a lease that nobody will use, as well as it can be done. */
export async function tryRevokeLease(
  source: LeaseSource,
  leaseId: string,
  settings: MintSettings,
): Promise<Outcome> {
  return await tryUntil(createBudget(settings, undefined), {
    act: (own) => source.revokeLease(leaseId, { signal: own }),
    isDone: () => true,
    otherwise: '',
  });
}
