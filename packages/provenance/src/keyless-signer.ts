import { abortable } from './abortable.ts';
import { assertKnownKeys } from './assert-known-keys.ts';
import type { Clock } from './clock.ts';
import { PAYLOAD_TYPE } from './envelope.ts';
import { ProvenanceError } from './error.ts';
import { assertToken } from './identity-token.ts';
import type { Secret } from './secret.ts';
import type { Signer } from './signer.ts';
import { systemClock } from './system-clock.ts';

export interface KeylessSignerOptions {
  /** An OpenID Connect token of this job, with the audience that Fulcio expects (`sigstore`). */
  readonly identityToken: Secret;
  /** Issues the certificate. @default 'https://fulcio.sigstore.dev' */
  readonly fulcioUrl?: string | undefined;
  /** Keeps the public log. @default 'https://rekor.sigstore.dev' */
  readonly rekorUrl?: string | undefined;
  /** For one request. @default 15_000 */
  readonly timeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

const PUBLIC_FULCIO = 'https://fulcio.sigstore.dev';
const PUBLIC_REKOR = 'https://rekor.sigstore.dev';

/**
 * Signs with a key that lives for one signature, under a certificate for the identity of the token; the document is a
 * Sigstore bundle. The whole statement's hash and the certificate become public in Rekor's log, for good.
 *
 * @throws ProvenanceError `token-unusable`
 */
export function createKeylessSigner(options: KeylessSignerOptions): Signer {
  const known = ['identityToken', 'fulcioUrl', 'rekorUrl', 'timeoutMs', 'clock'];
  assertKnownKeys('createKeylessSigner', options, known);
  const { identityToken, clock = systemClock, timeoutMs: timeout = 15_000 } = options;
  const { fulcioUrl = PUBLIC_FULCIO, rekorUrl = PUBLIC_REKOR } = options;
  if (typeof identityToken?.reveal !== 'function') {
    throw new TypeError('Option "identityToken" must have a method "reveal"');
  }
  assertToken(identityToken, clock);
  return {
    sign: async (data, { signal }) => {
      assertToken(identityToken, clock);
      // They take a while to load, and most of those who sign or verify with a key never need them.
      const { bundleToJSON } = await import('@sigstore/bundle');
      const { DSSEBundleBuilder, FulcioSigner, RekorWitness } = await import('@sigstore/sign');
      const limits = { timeout, retry: { retries: 2 } };
      const identityProvider = { getToken: async () => identityToken.reveal() };
      const builder = new DSSEBundleBuilder({
        signer: new FulcioSigner({ fulcioBaseURL: fulcioUrl, identityProvider, ...limits }),
        witnesses: [new RekorWitness({ rekorBaseURL: rekorUrl, entryType: 'dsse', ...limits })],
      });
      const signing = builder.create({ data, type: PAYLOAD_TYPE });
      const bundle = await abortable(signing, signal).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw signingFailed(error, { fulcioUrl, rekorUrl });
      });
      return JSON.stringify(bundleToJSON(bundle));
    },
  };
}

/** The library's own messages and causes can hold the token: nothing of them but its code goes on. */
function signingFailed(
  error: unknown,
  { fulcioUrl, rekorUrl }: { readonly fulcioUrl: string; readonly rekorUrl: string },
): ProvenanceError {
  const { code, cause } = error as { code?: unknown; cause?: { statusCode?: unknown } };
  const status = typeof cause?.statusCode === 'number' ? cause.statusCode : undefined;
  const who = String(code).startsWith('TLOG') ? `Rekor at ${rekorUrl}` : `Fulcio at ${fulcioUrl}`;
  const why = status === undefined ? 'it could not be reached' : `HTTP status ${status}`;
  const retryable = status === undefined || status === 429 || status >= 500;
  return new ProvenanceError('signing-failed', `Cannot sign: ${who}: ${why}`, { retryable });
}
