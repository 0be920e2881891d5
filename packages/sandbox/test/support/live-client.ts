import { AwsClient } from 'aws4fetch';
import { sign, signableQueryArgs, stringToSign } from '../../src/api/signature.ts';
import type { Sandbox } from '../../src/sandbox.ts';
import type { Bundle } from './make-bundle.ts';
import { waitFor } from './wait-for.ts';

export interface Credentials {
  readonly key: string;
  readonly secret: { reveal(): string };
}

/** Reads what it expects, and fails where it is not there. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Json = any;

export interface LiveClient {
  call(method: string, target: string, body?: unknown): Promise<{ status: number; body: Json }>;
  /** A mutation, until its operation has ended well; returns the id of what it was about. */
  settle(method: string, target: string, body?: unknown): Promise<string>;
  s3(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** Makes a bundle readable for everybody. */
  uploadBundle(name: string, bundle: Bundle): Promise<{ url: string; checksum: string }>;
  /** Uploads a bundle, registers it, returns the template id. */
  registerBundle(name: string, bundle: Bundle): Promise<string>;
}

/** A client over real HTTP, made of the sandbox's own signing rules. */
export function createLiveClient(
  sandbox: Sandbox,
  { key, secret }: Credentials = sandbox.adminCredentials,
): LiveClient {
  const aws = new AwsClient({
    accessKeyId: key,
    secretAccessKey: secret.reveal(),
    service: 's3',
    region: sandbox.zone,
    retries: 0,
  });

  async function call(method: string, target: string, value?: unknown) {
    const url = new URL(sandbox.apiEndpoint + target);
    const body = value === undefined ? '' : JSON.stringify(value);
    const expires = Math.floor(Date.now() / 1000) + 600;
    const query = url.search.slice(1);
    const signed = { method, path: url.pathname, query, body: Buffer.from(body) };
    const args = signableQueryArgs(query).join(';');
    const authorization = [
      `EXO2-HMAC-SHA256 credential=${key}`,
      ...(args === '' ? [] : [`signed-query-args=${args}`]),
      `expires=${expires}`,
      `signature=${sign(stringToSign(signed, expires), secret.reveal())}`,
    ].join(',');
    const answer = await fetch(url, {
      method,
      headers: { authorization },
      body: body === '' ? null : body,
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  }

  async function settle(method: string, target: string, body?: unknown): Promise<string> {
    const started = await call(method, target, body);
    if (started.status !== 200) throw new Error(`${method} ${target}: ${started.body.message}`);
    const operation = await waitFor(`${method} ${target}`, async () => {
      const { body: current } = await call('GET', `/operation/${started.body.id}`);
      return current.state !== 'pending' && current;
    });
    if (operation.state !== 'success') throw new Error(`${method} ${target}: ${operation.message}`);
    return operation.reference.id;
  }

  const s3: LiveClient['s3'] = (method, path, init) =>
    aws.fetch(sandbox.sosEndpoint + path, { method, ...init });

  const uploadBundle: LiveClient['uploadBundle'] = async (name, { bytes, md5 }) => {
    await s3('PUT', '/bundles');
    const path = `/bundles/${name}.tar.gz`;
    await s3('PUT', path, { body: bytes, headers: { 'x-amz-acl': 'public-read' } });
    return { url: sandbox.sosEndpoint + path, checksum: md5 };
  };

  return {
    call,
    settle,
    s3,
    uploadBundle,
    async registerBundle(name, bundle) {
      const image = await uploadBundle(name, bundle);
      const access = { 'ssh-key-enabled': false, 'password-enabled': false };
      return settle('POST', '/template', { name, ...image, ...access });
    },
  };
}
