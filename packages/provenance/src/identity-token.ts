import type { Clock } from './clock.ts';
import { ProvenanceError } from './error.ts';
import type { Secret } from './secret.ts';

/** Looks at the form and the expiry only; whether the token is good is for the issuer's keys, and Fulcio, to say. */
export function assertToken(token: Secret, clock: Clock): void {
  const claims = claimsOf(token.reveal());
  if (claims === undefined || typeof claims.sub !== 'string') {
    throw unusable('it is no JSON web token with a subject');
  }
  const { exp } = claims;
  if (typeof exp !== 'number' || exp * 1_000 > clock.now().getTime()) return;
  throw unusable(`it was good until ${new Date(exp * 1_000).toISOString()}`);
}

function claimsOf(token: string): { readonly sub?: unknown; readonly exp?: unknown } | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}

function unusable(why: string): ProvenanceError {
  return new ProvenanceError('token-unusable', `Cannot use the identity token: ${why}`);
}
