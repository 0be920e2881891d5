import { type KeyObject, verify } from 'node:crypto';
import { type Envelope, signedBytes } from './envelope.ts';
import { ProvenanceError } from './error.ts';
import { hashOf, keyIdOf } from './key-file.ts';

/** @throws ProvenanceError `wrong-key` when nothing in it is by this key, `tampered` when what is does not fit */
export function verifyWithKey(envelope: Envelope, key: KeyObject): Buffer {
  const payload = Buffer.from(envelope.payload, 'base64');
  const bytes = signedBytes(envelope.payloadType, payload);
  const keyId = keyIdOf(key);
  const holds = envelope.signatures.some(({ sig }) =>
    verify(hashOf(key), bytes, key, Buffer.from(sig, 'base64')),
  );
  if (holds) return payload;
  const others = envelope.signatures.map(({ keyid }) => keyid);
  // The id is only a hint that anybody can write, but it tells which of two things to look for.
  if (others.includes(keyId)) {
    throw new ProvenanceError('tampered', 'The signature is not of this statement: it was changed');
  }
  throw new ProvenanceError(
    'wrong-key',
    `It is signed by the key "${short(others[0])}", not by "${short(keyId)}"`,
  );
}

function short(keyId: string | undefined): string {
  return keyId?.slice(0, 16) ?? 'unknown';
}
