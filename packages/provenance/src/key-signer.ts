import { sign } from 'node:crypto';
import { assertKnownKeys } from './assert-known-keys.ts';
import { type Envelope, PAYLOAD_TYPE, signedBytes } from './envelope.ts';
import { hashOf, keyIdOf, readPrivateKey } from './key-file.ts';
import type { Signer } from './signer.ts';

export interface KeySignerOptions {
  /** PEM of an Ed25519, P-256 or P-384 private key, unencrypted. Only read, never copied. */
  readonly keyFile: string;
}

/**
 * Signs with a private key; the document is a DSSE envelope.
 *
 * @throws ProvenanceError `key-unusable`
 */
export async function createKeySigner(options: KeySignerOptions): Promise<Signer> {
  assertKnownKeys('createKeySigner', options, ['keyFile']);
  const key = await readPrivateKey(options.keyFile);
  return {
    sign: async (payload, { signal }) => {
      signal?.throwIfAborted();
      const signature = sign(hashOf(key), signedBytes(PAYLOAD_TYPE, payload), key);
      const envelope: Envelope = {
        payloadType: PAYLOAD_TYPE,
        payload: payload.toString('base64'),
        signatures: [{ keyid: keyIdOf(key), sig: signature.toString('base64') }],
      };
      return JSON.stringify(envelope);
    },
  };
}
