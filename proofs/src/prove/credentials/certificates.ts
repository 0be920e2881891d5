import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export function hasOpenssl(): boolean {
  return spawnSync('openssl', ['version']).status === 0;
}

/** A certificate that is its own authority, made on the spot. */
export async function makeCertificate(
  folder: string,
  name: string,
  { subject = 'IP:127.0.0.1' }: { readonly subject?: string } = {},
): Promise<Certificate> {
  const keyFile = join(folder, `${name}.key.pem`);
  const certFile = join(folder, `${name}.cert.pem`);
  const args =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=proof -days 2'
      .split(' ')
      .concat('-addext', `subjectAltName=${subject}`, '-keyout', keyFile, '-out', certFile);
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new RangeError(`openssl made no certificate: ${stderr}`);
  const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
  return { key, cert, certFile, keyFile };
}
