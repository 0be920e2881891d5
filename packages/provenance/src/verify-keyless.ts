import type { SerializedBundle } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import type { SignedEntity, Signer } from '@sigstore/verify';
import { ProvenanceError } from './error.ts';
import { malformed } from './read-attestation.ts';

/** Whom the certificate must name. */
export interface Identity {
  /** Who vouched for the identity, such as `https://gitlab.com`. */
  readonly issuer: string;
  /**
   * The name in the certificate, such as `https://gitlab.com/group/project//.gitlab-ci.yml@refs/heads/main`; a `*` at
   * its end stands for anything.
   */
  readonly identity: string;
}

export interface SeenIdentity {
  readonly issuer: string;
  readonly identity: string;
}

/**
 * Certificate, log entry and signature first, then the names: exactly, because the library's own policy would read the
 * identity as a regular expression.
 *
 * @throws ProvenanceError `malformed`, `tampered`, `not-trusted`, `expired`, `wrong-issuer`, `wrong-identity`
 */
export async function verifyKeyless(
  serialized: SerializedBundle,
  root: TrustedRoot,
  wanted: Identity,
): Promise<SeenIdentity> {
  const signer = await verifySignature(serialized, root);
  const { subjectAlternativeName = '', extensions } = signer.identity ?? {};
  const issuer = extensions?.issuer ?? '';
  if (issuer !== wanted.issuer) {
    throw new ProvenanceError(
      'wrong-issuer',
      `"${issuer}" vouched for the signer, not "${wanted.issuer}"`,
    );
  }
  if (!isIdentity(subjectAlternativeName, wanted.identity)) {
    throw new ProvenanceError(
      'wrong-identity',
      `It is signed by "${subjectAlternativeName}", not by "${wanted.identity}"`,
    );
  }
  return { issuer, identity: subjectAlternativeName };
}

async function verifySignature(serialized: SerializedBundle, root: TrustedRoot): Promise<Signer> {
  const { bundleFromJSON } = await import('@sigstore/bundle');
  const { toSignedEntity, toTrustMaterial, Verifier } = await import('@sigstore/verify');
  let entity: SignedEntity;
  try {
    entity = toSignedEntity(bundleFromJSON(serialized));
  } catch {
    throw malformed('it is no Sigstore bundle');
  }
  try {
    return new Verifier(toTrustMaterial(root)).verify(entity);
  } catch (error) {
    throw refusal(error as LibraryError);
  }
}

function isIdentity(seen: string, wanted: string): boolean {
  return wanted.endsWith('*') ? seen.startsWith(wanted.slice(0, -1)) : seen === wanted;
}

interface LibraryError {
  readonly code?: string;
  readonly message: string;
  readonly cause?: unknown;
}

function refusal(error: LibraryError): ProvenanceError {
  const { code, cause } = error;
  const why = cause instanceof Error ? cause.message : error.message;
  if (code === 'SIGNATURE_ERROR' || code === 'TLOG_BODY_ERROR') {
    return new ProvenanceError('tampered', `The signature is not of this statement: ${why}`);
  }
  if (code === 'CERTIFICATE_ERROR' && why.includes('not valid or expired')) {
    return new ProvenanceError('expired', 'The certificate was not good when it signed');
  }
  return new ProvenanceError('not-trusted', `It does not lead to the trusted root: ${why}`);
}
