import { abortable } from './abortable.ts';
import { assertKnownKeys } from './assert-known-keys.ts';
import { checkStatement, type ExpectedSubject } from './check-statement.ts';
import type { Clock } from './clock.ts';
import { ProvenanceError } from './error.ts';
import { keyIdOf, readPublicKey } from './key-file.ts';
import { type Attestation, readAttestation } from './read-attestation.ts';
import { readStatement } from './read-statement.ts';
import type { Statement } from './statement.ts';
import { systemClock } from './system-clock.ts';
import { type RootSource, readTrustedRoot } from './trusted-root.ts';
import { type Identity, verifyKeyless } from './verify-keyless.ts';
import { verifyWithKey } from './verify-with-key.ts';

/** Who is believed. */
export type Trust =
  | {
      readonly kind: 'key';
      /** PEM of the public half. */
      readonly publicKeyFile: string;
    }
  | ({ readonly kind: 'keyless' } & Identity & RootSource);

export interface VerifyOptions {
  readonly trust: Trust;
  readonly subject: ExpectedSubject;
  /** From the end of the build; without it, any age will do. */
  readonly maxAgeMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A statement that holds, and by whom. */
export interface Verified {
  readonly statement: Statement;
  /** For people: the id of a key, or an identity and who vouched for it. */
  readonly signedBy: string;
}

/**
 * Verifies a document of `signStatement`: first that the signature is of whom we trust, then that the statement is about
 * what we hold.
 *
 * @throws ProvenanceError whose code says what does not hold
 */
export async function verifyAttestation(text: string, options: VerifyOptions): Promise<Verified> {
  const known = ['trust', 'subject', 'maxAgeMs', 'clock', 'signal'];
  assertKnownKeys('verifyAttestation', options, known);
  const { trust, subject, maxAgeMs, clock = systemClock, signal } = options;
  assertExpectations(trust, subject);
  signal?.throwIfAborted();
  const attestation = readAttestation(text);
  const { payload, signedBy } = await abortable(openWith(trust, attestation), signal);
  const statement = readStatement(payload);
  checkStatement(statement, subject, { maxAgeMs, clock });
  return { statement, signedBy };
}

function assertExpectations(trust: Trust, subject: ExpectedSubject): void {
  if (trust?.kind !== 'key' && trust?.kind !== 'keyless') {
    throw new TypeError('Option "trust" must be of kind "key" or "keyless"');
  }
  if (typeof subject?.name !== 'string' || typeof subject.digests !== 'object') {
    throw new TypeError('Option "subject" must have a name and digests');
  }
}

interface Opened {
  readonly payload: Buffer;
  readonly signedBy: string;
}

async function openWith(trust: Trust, attestation: Attestation): Promise<Opened> {
  if (trust.kind === 'key') {
    const key = await readPublicKey(trust.publicKeyFile);
    if (attestation.kind === 'bundle') throw otherKind('wrong-key', 'under a certificate');
    const payload = verifyWithKey(attestation.envelope, key);
    return { payload, signedBy: `key ${keyIdOf(key).slice(0, 16)}` };
  }
  const root = await readTrustedRoot(trust);
  if (attestation.kind === 'envelope') throw otherKind('wrong-issuer', 'by a bare key');
  const { issuer, identity } = await verifyKeyless(attestation.bundle, root, trust);
  const payload = Buffer.from(attestation.envelope.payload, 'base64');
  return { payload, signedBy: `${identity} (${issuer})` };
}

function otherKind(code: 'wrong-key' | 'wrong-issuer', how: string): ProvenanceError {
  const wanted = code === 'wrong-key' ? 'the public key' : 'the issuer';
  return new ProvenanceError(code, `It is signed ${how}, which ${wanted} cannot vouch for`);
}
