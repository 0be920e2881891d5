import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** A key and what vouches for it, both PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

export interface Certificates {
  /** For the clients' trust store; its key is thrown away. */
  readonly authority: string;
  readonly server: Identity;
}

const lifeDays = 30;

/** A certificate for these hosts, and the authority that signed it and will never sign another. */
export async function makeCertificates(hosts: readonly string[], now: Date): Promise<Certificates> {
  const [authorityKey, serverKey] = await Promise.all([makeKey(), makeKey()]);
  const name = 'exoship sandbox';
  const authority = newCertificate(authorityKey, { subject: name, issuer: name, now });
  authority.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  sign(authority, authorityKey);
  const server = newCertificate(serverKey, { subject: hosts[0] ?? '', issuer: name, now });
  server.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: dnsName, value })) },
  ]);
  sign(server, authorityKey);
  return {
    authority: forge.pki.certificateToPem(authority),
    server: { certificate: forge.pki.certificateToPem(server), key: serverKey.privateKey },
  };
}

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** RFC 5280, GeneralName. */
const dnsName = 2;

/** By OpenSSL: much faster than forge's own. */
function makeKey(): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function newCertificate(
  { publicKey }: KeyPair,
  { subject, issuer, now }: { subject: string; issuer: string; now: Date },
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // Positive, as DER has it: the leading byte keeps the sign bit clear.
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.validity.notBefore = daysLater(now, -1);
  certificate.validity.notAfter = daysLater(now, lifeDays);
  certificate.setSubject([{ name: 'commonName', value: subject }]);
  certificate.setIssuer([{ name: 'commonName', value: issuer }]);
  return certificate;
}

function sign(certificate: forge.pki.Certificate, { privateKey }: KeyPair): void {
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
}

function daysLater(date: Date, days: number): Date {
  return new Date(date.getTime() + days * 24 * 3_600_000);
}
