import { inspect } from 'node:util';
import type { Call } from './call.ts';
import type { JsonObject } from './envelope.ts';
import type { Answer } from './perform-call.ts';
import type { Scrubber } from './scrubber.ts';
import { VaultError } from './vault-error.ts';

/** What a path of Vault answered; printing it shows the names in `data`, not the values. */
export interface LeasedSecret {
  readonly data: JsonObject;
  /** Empty when nothing was leased. */
  readonly leaseId: string;
  /** As granted by Vault; 0 without a lease. */
  readonly leaseDurationMs: number;
  readonly renewable: boolean;
  /** Vault's id of the request in its audit log. */
  readonly requestId: string;
  /**
   * Earlier tries of this read that may have been carried out without an answer. Where reading issues a credential, so
   * many may exist besides this one; revoking the session revokes them.
   */
  readonly ambiguousTries: number;
}

/** Shorter values are words rather than secrets, and hiding them would garble messages. */
const shortestSecret = 16;

export function createLeasedSecret(answer: Answer, call: Call, scrubber: Scrubber): LeasedSecret {
  const { data, leaseId, leaseDurationMs, renewable, requestId, ambiguousTries } = answer;
  if (data === undefined) throw noData(call);
  for (const value of Object.values(data)) {
    if (typeof value === 'string' && value.length >= shortestSecret) scrubber.add(value);
  }
  const visible = { leaseId, leaseDurationMs, renewable, requestId, ambiguousTries };
  const print = () => ({ data: redactValues(data), ...visible });
  return Object.defineProperties(
    { data, ...visible },
    { toJSON: { value: print }, [inspect.custom]: { value: print } },
  );
}

function redactValues(data: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(data).map((name) => [name, '[redacted]']));
}

function noData({ action, template }: Call): VaultError {
  const message = `Cannot ${action} at Vault's "${template}": the answer holds no data`;
  return new VaultError(message, {
    code: 'invalid-response',
    path: template,
    retryable: false,
    status: 200,
  });
}
