import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
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

/** One whose time is over. The authority's own command is the only one that takes dates. */
export async function makeExpiredCertificate(folder: string): Promise<Certificate> {
  const fresh = await makeCertificate(folder, 'expired');
  const at = (name: string): string => join(folder, name);
  await writeFile(at('index.txt'), '');
  await writeFile(
    at('ca.cnf'),
    `${authority}database=${at('index.txt')}\nserial=${at('serial')}\nnew_certs_dir=${folder}\n`,
  );
  openssl(['req', '-new', '-key', fresh.keyFile, '-subj', '/CN=proof', '-out', at('expired.csr')]);
  openssl(
    'ca -batch -selfsign -create_serial -startdate 20200101000000Z -enddate 20200102000000Z'
      .split(' ')
      .concat('-config', at('ca.cnf'), '-keyfile', fresh.keyFile, '-in', at('expired.csr'))
      .concat('-notext', '-out', fresh.certFile),
  );
  return { ...fresh, cert: await readFile(fresh.certFile, 'utf8') };
}

const authority = `[ca]
default_ca=own
[names]
commonName=supplied
[extensions]
subjectAltName=IP:127.0.0.1
basicConstraints=CA:TRUE
[own]
default_md=sha256
policy=names
x509_extensions=extensions
`;

function openssl(args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new RangeError(`openssl made no certificate: ${stderr}`);
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
  openssl(args);
  const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
  return { key, cert, certFile, keyFile };
}
