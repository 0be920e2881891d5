import type { Secret } from '@exoship/exo-runner';

/** When a JWT says that it ends; `undefined` when it does not say. It is not verified here: Vault does that. */
export function expiryOfJwt(jwt: Secret): Date | undefined {
  const [, payload = ''] = jwt.reveal().split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const isDated = typeof claims === 'object' && claims !== null && 'exp' in claims;
    return isDated && typeof claims.exp === 'number' ? new Date(claims.exp * 1_000) : undefined;
  } catch {
    return undefined;
  }
}
