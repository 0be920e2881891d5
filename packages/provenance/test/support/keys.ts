import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface KeyFiles {
  readonly keyFile: string;
  readonly publicKeyFile: string;
}

export const algorithms: readonly string[] = ['ed25519', 'prime256v1', 'secp384r1'];

export async function writeKeys(
  folder: string,
  name = 'key',
  algorithm = 'ed25519',
): Promise<KeyFiles> {
  const { privateKey, publicKey } = generate(algorithm);
  const keyFile = join(folder, `${name}.pem`);
  const publicKeyFile = join(folder, `${name}.pub`);
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(keyFile, pkcs8, { mode: 0o600 });
  await writeFile(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  return { keyFile, publicKeyFile };
}

function generate(algorithm: string): KeyPairKeyObjectResult {
  if (algorithm === 'ed25519') return generateKeyPairSync('ed25519');
  if (algorithm === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: algorithm });
}
