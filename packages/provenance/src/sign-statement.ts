import { assertKnownKeys } from './assert-known-keys.ts';
import type { Signer, SignOptions } from './signer.ts';
import type { Statement } from './statement.ts';

/**
 * The signed statement as one JSON document: a DSSE envelope, or a Sigstore bundle, as the signer makes them.
 *
 * @throws ProvenanceError `token-unusable`, `signing-failed`
 */
export async function signStatement(
  statement: Statement,
  signer: Signer,
  options: SignOptions = {},
): Promise<string> {
  assertKnownKeys('signStatement', options, ['signal']);
  return await signer.sign(Buffer.from(JSON.stringify(statement)), options);
}
