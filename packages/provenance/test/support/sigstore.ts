import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  rekorHandler,
} from '@sigstore/mock';

export interface Sigstore extends AsyncDisposable {
  readonly url: string;
  readonly trustedRootFile: string;
  /** Bodies of all requests so far. */
  readonly requests: string[];
}

const P256 = { namedCurve: 'prime256v1' };

/** Fulcio and Rekor on loopback with keys of their own, by the makers of the client. */
export async function startSigstore(folder: string, at: { clock?: Date } = {}): Promise<Sigstore> {
  const [caKeys, ctKeys, logKeys] = [1, 2, 3].map(() => generateKeyPairSync('ec', P256));
  if (!caKeys || !ctKeys || !logKeys) throw new TypeError('There are three pairs');
  const ctLog = await initializeCTLog(ctKeys, at.clock);
  const authority = await initializeCA(caKeys, ctLog, at.clock);
  const requests: string[] = [];
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const log = await initializeTLog(url, logKeys);
  serve(server, [fulcioHandler(authority), rekorHandler(log)], requests);
  const trustedRootFile = join(folder, `trusted-root.json`);
  const root = trustedRoot(url, {
    authority: bytesOf(authority.rootCertificate),
    ctLog: ctLog.publicKey,
    log: log.publicKey,
  });
  await writeFile(trustedRootFile, JSON.stringify(root));
  return {
    url,
    trustedRootFile,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(
  server: Server,
  handlers: readonly { path: string; fn: (body: string) => Promise<Answer> }[],
  requests: string[],
): void {
  server.on('request', async (request, response) => {
    const body = await text(request);
    requests.push(body);
    const handler = handlers.find(({ path }) => path === request.url);
    const answer = (await handler?.fn(asRekorKeepsIt(body))) ?? { statusCode: 404, response: '' };
    response.writeHead(answer.statusCode, { 'content-type': 'application/json' });
    response.end(answer.response);
  });
}

/** Rekor keeps hashes and signatures of an envelope, not the envelope; the stand-in keeps what it is given. */
function asRekorKeepsIt(body: string): string {
  const json = JSON.parse(body);
  if (json.kind !== 'dsse') return body;
  const { envelope, verifiers } = json.spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope);
  const hashOf = (value: string | Buffer) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(value).digest('hex'),
  });
  const spec = {
    envelopeHash: hashOf(envelope),
    payloadHash: hashOf(Buffer.from(payload, 'base64')),
    signatures: [{ signature: signatures[0].sig, verifier: verifiers[0] }],
  };
  return JSON.stringify({ ...json, spec });
}

interface Answer {
  readonly statusCode: number;
  readonly response: string | ArrayBufferView;
}

function trustedRoot(
  url: string,
  keys: { readonly authority: Buffer; readonly ctLog: Buffer; readonly log: Buffer },
): object {
  const validFor = { start: '2020-01-01T00:00:00Z' };
  const logOf = (key: Buffer) => ({
    baseUrl: url,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(key), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: base64(createHash('sha256').update(key).digest()) },
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [logOf(keys.log)],
    ctlogs: [logOf(keys.ctLog)],
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: url,
        certChain: { certificates: [{ rawBytes: base64(keys.authority) }] },
        validFor,
      },
    ],
    timestampAuthorities: [],
  };
}

function bytesOf(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64');
}

/** As GitLab would issue it, but for the signature, which only Fulcio looks at. */
export function tokenFor(
  identity: string,
  claims: { readonly iss?: string; readonly exp?: number } = {},
): { reveal(): string } {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + 300;
  const body = { iss: 'https://gitlab.com', sub: identity, aud: 'sigstore', exp, ...claims };
  const token = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(body)}.c2lnbmF0dXJl`;
  return { reveal: () => token };
}
