import { createApiHandler } from '../../src/api/create-api-handler.ts';
import type { StoredBucket } from '../../src/api/route.ts';
import { sign, signableQueryArgs, stringToSign } from '../../src/api/signature.ts';
import type { Handler, HttpRequest, TransportFault } from '../../src/http/exchange.ts';
import type { SimulatedCloud, SimulatedCloudOptions } from '../../src/virtual/simulated-cloud.ts';
import { createSimulatedCloud } from '../../src/virtual/simulated-cloud.ts';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails when it is not there.
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
  readonly fault: TransportFault | undefined;
}

export interface CallOptions {
  readonly credentials?: { readonly key: string; readonly secret: string };
  readonly body?: unknown;
  readonly expiresInSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SandboxClient extends SimulatedCloud {
  readonly handler: Handler;
  /** A signed call: `call('GET', '/instance?labels=a:b')`. */
  call(method: string, target: string, options?: CallOptions): Promise<Answer>;
  /** A call whose operation is waited for; returns the ended operation. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  settle(method: string, target: string, body?: unknown): Promise<any>;
}

const admin = { key: 'EXOadmin', secret: 'admin-secret' };

export function createSandboxClient(
  options: SimulatedCloudOptions = {},
  buckets?: readonly StoredBucket[],
): SandboxClient {
  const simulated = createSimulatedCloud({ admin, ...options });
  const { cloud, time } = simulated;
  const handler = createApiHandler(cloud, {
    endpointFor: (zone) => `http://127.0.0.1:1/z/${zone}/v2`,
    sosEndpointFor: (zone) => `http://127.0.0.1:1/sos/${zone}`,
    ...(buckets && { buckets: () => buckets }),
  });

  async function call(
    method: string,
    target: string,
    { credentials = admin, body, expiresInSeconds = 600, headers = {} }: CallOptions = {},
  ): Promise<Answer> {
    const [place = '', query = ''] = target.split('?');
    const path = place.startsWith('/z/') ? place : `/v2${place}`;
    const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const expires = Math.floor(cloud.now().getTime() / 1000) + expiresInSeconds;
    const unsigned = { method, path, query, body: bytes };
    const signature = sign(stringToSign(unsigned, expires), credentials.secret);
    const args = signableQueryArgs(query).join(';');
    const named = args === '' ? '' : `,signed-query-args=${args}`;
    const authorization = `EXO2-HMAC-SHA256 credential=${credentials.key}${named},expires=${expires},signature=${signature}`;
    return read(await handler({ ...unsigned, headers: { authorization, ...headers } }));
  }

  return {
    ...simulated,
    handler,
    call,
    async settle(method, target, body) {
      const { body: started, status } = await call(method, target, { body });
      if (status !== 200) throw new TypeError(`${method} ${target}: ${status} ${started.message}`);
      const ended = () => cloud.operations.get(started.id).state !== 'pending';
      await time.runUntil(ended, 3_600_000);
      return (await call('GET', `/operation/${started.id}`)).body;
    },
  };
}

export async function callUnsigned(
  handler: Handler,
  request: Partial<HttpRequest>,
): Promise<Answer> {
  const blank = { method: 'GET', path: '/v2/zone', query: '', headers: {}, body: new Uint8Array() };
  return read(await handler({ ...blank, ...request }));
}

function read(response: Awaited<ReturnType<Handler>>): Answer {
  const { status, headers, body, fault } = response;
  return { status, headers, body: JSON.parse(String(body)), fault };
}
