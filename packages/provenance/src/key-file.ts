import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ProvenanceError } from './error.ts';

/** @throws ProvenanceError `key-unusable`, which never says what the file holds. */
export async function readPrivateKey(file: string): Promise<KeyObject> {
  const bytes = await read(file);
  try {
    return assertAlgorithm(
      file,
      parse(file, () => createPrivateKey(bytes)),
    );
  } finally {
    bytes.fill(0);
  }
}

/** @throws ProvenanceError `key-unusable` */
export async function readPublicKey(file: string): Promise<KeyObject> {
  const bytes = await read(file);
  // Of a private key, Node would make the public one: then the private one lies where it does not belong.
  if (bytes.includes('PRIVATE KEY')) {
    throw unusable(file, 'it holds a private key; only the public one belongs here');
  }
  return assertAlgorithm(
    file,
    parse(file, () => createPublicKey(bytes)),
  );
}

/** SHA-256 of the public half, in hexadecimal: a name for the key, of either half. */
export function keyIdOf(key: KeyObject): string {
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** What Node signs and verifies with; Ed25519 has its own. */
export function hashOf(key: KeyObject): 'sha256' | 'sha384' | null {
  if (key.asymmetricKeyType === 'ed25519') return null;
  return key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
}

async function read(file: string): Promise<Buffer> {
  return await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw unusable(file, cause.code === 'ENOENT' ? 'there is no such file' : `${cause.code}`);
  });
}

function parse(file: string, make: () => KeyObject): KeyObject {
  try {
    return make();
  } catch {
    throw unusable(file, 'it holds no unencrypted key in PEM');
  }
}

function assertAlgorithm(file: string, key: KeyObject): KeyObject {
  const type = key.asymmetricKeyType;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (type === 'ed25519') return key;
  if (type === 'ec' && (curve === 'prime256v1' || curve === 'secp384r1')) return key;
  throw unusable(file, `its algorithm is ${curve ?? type}: Ed25519, P-256 or P-384 will do`);
}

function unusable(file: string, why: string): ProvenanceError {
  return new ProvenanceError('key-unusable', `Cannot use the key file "${file}": ${why}`);
}
