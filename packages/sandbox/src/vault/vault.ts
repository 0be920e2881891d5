import { type Handler, type HttpRequest, type HttpResponse, json } from '../http/exchange.ts';
import { assembleVault, type VaultParts } from './assemble-vault.ts';
import type { AuditEntry } from './audit-log.ts';
import type { Call } from './call.ts';
import { decodeCall } from './decode-call.ts';
import { encodeRefusal, encodeServed } from './encode-reply.ts';
import type { VaultFault } from './faults.ts';
import { serve } from './pipeline.ts';
import { Refusal } from './refusal.ts';
import { concealed, type Secret } from './secret.ts';
import { takeSnapshot, type VaultSnapshot } from './snapshot.ts';
import type { Token } from './token.ts';
import type { TokenStore } from './token-store.ts';
import { completeOptions, type VaultOptions } from './vault-options.ts';

export type { VaultOptions } from './vault-options.ts';

export interface Vault extends Disposable {
  /** Serves `/v1/…`. Namespaces are ignored. */
  readonly handler: Handler;
  readonly rootToken: Secret;
  /** Makes something go wrong; the result puts it right again. */
  inject(fault: VaultFault): () => void;
  /** What Vault's audit device would hold, oldest first; only the newest 20 000 entries are kept. */
  auditLog(): readonly AuditEntry[];
  /** What is alive now, without the secrets themselves. */
  snapshot(): VaultSnapshot;
  /** Forgets all timers; idempotent. Same as disposing. */
  close(): void;
}

/**
 * A Vault in memory: tokens, policies, AppRole, JWT, leases, wrapping and the Exoscale engine, as the wire shows them.
 *
 * @throws TypeError or RangeError when an option is unknown or out of range.
 */
export function createVault(options: VaultOptions): Vault {
  const parts = assembleVault(completeOptions(options));
  const rootToken = concealed(createRootToken(parts.tokens).id);
  const close = (): void => parts.alarms.close();

  return {
    // In a promise, so that what a handler throws never escapes synchronously.
    handler: (request) =>
      Promise.resolve().then(() => parts.faults.disturb(request, () => answer(parts, request))),
    rootToken,
    inject: (fault) => parts.faults.inject(fault),
    auditLog: () => parts.auditLog.entries(),
    snapshot: () =>
      takeSnapshot({
        tokens: parts.tokens.live(),
        leases: parts.leases.live(),
        secretIds: parts.appRoleStores.flatMap((store) => store.secretIds()),
      }),
    close,
    [Symbol.dispose]: close,
  };
}

function answer(parts: VaultParts, request: HttpRequest): HttpResponse {
  if (!request.path.startsWith('/v1/')) return json(404, { errors: [] });
  try {
    const requestId = parts.draws.uuid(parts.draws.fresh('request'));
    return answerCall(parts, decodeCall(request, requestId));
  } catch (error) {
    if (error instanceof Refusal) return encodeRefusal(error);
    throw error;
  }
}

function answerCall(parts: VaultParts, call: Call): HttpResponse {
  const caller = parts.tokens.find(call.clientToken);
  try {
    const served = serve(parts, call);
    parts.auditLog.record(call, caller, served);
    return encodeServed(call, served);
  } catch (error) {
    if (error instanceof Refusal) parts.auditLog.record(call, caller, error);
    throw error;
  }
}

const createRootToken = (tokens: TokenStore): Token =>
  tokens.create({
    type: 'service',
    policies: ['root'],
    path: 'auth/token/root',
    displayName: 'root',
    uses: 0,
    ttlMs: 0,
    renewable: false,
  });
