import type { SerializedBundle } from '@sigstore/bundle';
import { type Envelope, PAYLOAD_TYPE } from './envelope.ts';
import { ProvenanceError } from './error.ts';

/** What a document claims to be; nothing of it is verified yet. */
export type Attestation =
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'bundle'; readonly bundle: SerializedBundle; readonly envelope: Envelope };

/** @throws ProvenanceError `unsigned`, `malformed` */
export function readAttestation(text: string): Attestation {
  const json = parse(text);
  if ('_type' in json) throw unsigned();
  if ('mediaType' in json) {
    const { dsseEnvelope } = json as { readonly dsseEnvelope?: unknown };
    const bundle = json as unknown as SerializedBundle;
    return { kind: 'bundle', bundle, envelope: assertEnvelope(dsseEnvelope) };
  }
  return { kind: 'envelope', envelope: assertEnvelope(json) };
}

function parse(text: string): object {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
  if (typeof json === 'object' && json !== null) return json;
  throw malformed('it is no object');
}

function assertEnvelope(json: unknown): Envelope {
  const { payloadType, payload, signatures } = (json ?? {}) as Partial<Record<string, unknown>>;
  if (typeof payload !== 'string' || !Array.isArray(signatures)) {
    throw malformed('it is neither a DSSE envelope nor a Sigstore bundle with one');
  }
  if (payloadType !== PAYLOAD_TYPE) throw malformed(`its payload is no "${PAYLOAD_TYPE}"`);
  if (signatures.length === 0) throw unsigned();
  if (!signatures.every(isSignature)) throw malformed('a signature in it is no text');
  return { payloadType, payload, signatures };
}

function isSignature(value: unknown): value is Envelope['signatures'][number] {
  const { sig, keyid } = (value ?? {}) as Partial<Record<string, unknown>>;
  return typeof sig === 'string' && (keyid === undefined || typeof keyid === 'string');
}

function unsigned(): ProvenanceError {
  return new ProvenanceError(
    'unsigned',
    'It is a build manifest, not signed provenance: anybody could have written it',
  );
}

export function malformed(why: string): ProvenanceError {
  return new ProvenanceError('malformed', `Cannot read the provenance: ${why}`);
}
