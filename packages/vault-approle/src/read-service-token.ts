import type { Call } from './call.ts';
import { asSeconds, asText, type Envelope } from './envelope.ts';
import { VaultError, type VaultErrorCode } from './vault-error.ts';

/** A token that can be renewed and revoked, and that takes its leases with it. */
export interface ServiceToken {
  readonly value: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly expiresAt: Date;
  /** `undefined` when it may be used any number of times. */
  readonly uses: number | undefined;
}

interface ReadOptions {
  readonly call: Call;
  /** When the request went out: a token never lives longer than counted from there. */
  readonly askedAtMs: number;
  readonly announce: (value: string) => void;
}

/** Takes the token out of a login's answer, or says why there is none to use. */
export function readServiceToken(
  { auth, requestId }: Envelope,
  { call, askedAtMs, announce }: ReadOptions,
): ServiceToken {
  const fail = (code: VaultErrorCode, why: string): VaultError =>
    new VaultError(`Cannot ${call.action} at Vault's "${call.template}": ${why}`, {
      code,
      path: call.template,
      retryable: false,
      status: 200,
      requestId: requestId === '' ? undefined : requestId,
    });
  if (auth === undefined) throw fail('not-logged-in', 'the answer holds no "auth"');
  const value = asText(auth.client_token);
  if (value !== '') announce(value);
  if (auth.mfa_requirement != null) {
    throw fail('not-logged-in', 'Vault asks for a second factor, which a job cannot give');
  }
  if (value === '') throw fail('not-logged-in', 'the token is empty');
  if (!/^[\x21-\x7e]+$/.test(value)) throw fail('not-logged-in', 'the token cannot be printed');
  if (auth.token_type === 'batch' || /^(?:hvb|b)\./.test(value)) {
    throw fail(
      'unsupported-token',
      'the role issues batch tokens, which cannot be revoked and do not take their leases with them (set token_type=service)',
    );
  }
  return {
    value,
    accessor: asText(auth.accessor),
    policies: readPolicies(auth.policies),
    expiresAt: expiryAfter(askedAtMs, asSeconds(auth.lease_duration)),
    uses: typeof auth.num_uses === 'number' && auth.num_uses > 0 ? auth.num_uses : undefined,
  };
}

/** Vault says 0 for a token that never expires. */
export function expiryAfter(askedAtMs: number, seconds: number): Date {
  const expiryMs = seconds === 0 ? latestDateMs : askedAtMs + seconds * 1000;
  return new Date(Math.min(expiryMs, latestDateMs));
}

const latestDateMs = 8.64e15;

function readPolicies(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((policy) => typeof policy === 'string') : [];
}
