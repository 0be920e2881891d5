/** A DSSE envelope as JSON: payload and signatures in base64. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
}

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** What is signed: DSSE's pre-authentication encoding, so that a payload cannot pass for one of another type. */
export function signedBytes(payloadType: string, payload: Buffer): Buffer {
  const type = Buffer.from(payloadType);
  const head = Buffer.from(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  return Buffer.concat([head, payload]);
}
