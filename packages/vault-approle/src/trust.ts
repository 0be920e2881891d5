import type { PeerCertificate } from 'node:tls';
import { checkServerIdentity } from 'node:tls';
import type { Secret } from './secret.ts';

/** How the two sides of a TLS connection know each other. */
export interface TrustOptions {
  /** PEM of the authorities to trust instead of the built-in ones. */
  readonly ca?: string | undefined;
  /** Shown to a server that asks who is calling: certificate and key, both in PEM. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: Secret } | undefined;
  /** Name that the certificate must be for, and that is asked for (SNI), when it is not the host. */
  readonly serverName?: string | undefined;
  /**
   * SHA-256 of the server's own certificate, in hexadecimal with or without colons: nothing else is believed then, even
   * when a trusted authority has signed it.
   */
  readonly fingerprint?: string | undefined;
}

/** What Node's TLS is told; never less than its defaults. */
export interface Trust {
  readonly rejectUnauthorized: true;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/** @throws {TypeError} for anything malformed; never quotes a key */
export function checkTrust(options: TrustOptions): Trust {
  const { ca, clientCertificate, serverName, fingerprint } = options;
  if (ca !== undefined) checkPem('ca', ca, 'CERTIFICATE');
  if (serverName !== undefined && !/^[\w.-]+$/.test(serverName)) {
    throw new TypeError('Invalid serverName: want a host name');
  }
  return {
    // Said aloud because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise win.
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
    ...(clientCertificate !== undefined && readClientCertificate(clientCertificate)),
    ...(serverName !== undefined && { servername: serverName }),
    ...(fingerprint !== undefined && { checkServerIdentity: pin(fingerprint) }),
  };
}

function readClientCertificate(
  given: NonNullable<TrustOptions['clientCertificate']>,
): Pick<Trust, 'cert' | 'key'> {
  const key = given.key.reveal();
  checkPem('clientCertificate', given.certificate, 'CERTIFICATE');
  checkPem('key of clientCertificate', key, 'PRIVATE KEY');
  return { cert: given.certificate, key };
}

function pin(fingerprint: string): NonNullable<Trust['checkServerIdentity']> {
  const wanted = fingerprint.replaceAll(':', '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(wanted)) {
    throw new TypeError('Invalid fingerprint: want a SHA-256 in hexadecimal');
  }
  return (host, certificate) => {
    const actual = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    if (actual === wanted) return checkServerIdentity(host, certificate);
    const message = `The server's certificate has the fingerprint ${actual}, not the pinned one`;
    return Object.assign(new Error(message), { code: 'CERT_FINGERPRINT_MISMATCH' });
  };
}

function checkPem(name: string, text: string, what: string): void {
  const isPem = new RegExp(`-----BEGIN (?:[A-Z]+ )?${what}-----`).test(text);
  if (!isPem) throw new TypeError(`Invalid ${name}: want PEM, not a file name`);
}
