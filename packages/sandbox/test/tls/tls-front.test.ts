import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTlsFront, type TlsFront } from '../../src/tls/tls-front.ts';

const hosts = ['api-ch-gva-2.exoscale.com', 'sos-ch-gva-2.exo.io'];
let front: TlsFront;

beforeAll(async () => {
  front = await openTlsFront({
    hosts,
    now: new Date(),
    onProblem: (problem) => {
      throw problem;
    },
    serve: async (incoming, response) => {
      const body = await text(incoming);
      response.end(`${incoming.method} ${incoming.headers.host}${incoming.url} ${body}`);
    },
  });
});
afterAll(() => front.close());

/** A socket to `target` through the proxy, or the status of its refusal. */
async function tunnel(target: string): Promise<Socket | number> {
  const { hostname, port } = new URL(front.proxy);
  const asking = request({ hostname, port, method: 'CONNECT', path: target });
  asking.end();
  const [response, socket] = await once(asking, 'connect');
  if (response.statusCode === 200) return socket;
  socket.destroy();
  return response.statusCode;
}

describe('openTlsFront()', () => {
  it.each(hosts)(
    'answers as %s, with a certificate that its authority vouches for',
    async (host) => {
      const socket = (await tunnel(`${host}:443`)) as Socket;
      const secured = connect({ socket, servername: host, ca: front.authority });
      const asking = secureRequest({
        host,
        defaultPort: 443,
        path: '/v2/zone?a=b',
        method: 'PUT',
        createConnection: () => secured,
      });
      asking.end('content');
      const [response] = await once(asking, 'response');
      expect(await text(response)).toBe(`PUT ${host}/v2/zone?a=b content`);
      secured.destroy();
    },
  );

  it('is trusted by nobody who was not told of its authority', async () => {
    const socket = (await tunnel(`${hosts[0]}:443`)) as Socket;
    const secured = connect({ socket, servername: hosts[0] ?? '' });
    const [error] = await once(secured, 'error');
    expect(error.code).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('serves what fetch asks for when the environment names proxy and authority', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'exoship-tls-'));
    const authority = join(folder, 'authority.pem');
    await writeFile(authority, front.authority);
    const script = `console.log(await (await fetch('https://${hosts[0]}/v2/zone')).text())`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      {
        env: {
          HTTPS_PROXY: front.proxy,
          NODE_USE_ENV_PROXY: '1',
          NODE_EXTRA_CA_CERTS: authority,
        },
      },
    );
    await rm(folder, { recursive: true });
    expect(stdout.trim()).toBe(`GET ${hosts[0]}/v2/zone`);
  });

  it.each([
    'example.com:443',
    'api-ch-gva-2.exoscale.com:80',
    'api-ch-gva-2.exoscale.com',
    'evil.api-ch-gva-2.exoscale.com:443',
    '127.0.0.1:443',
  ])('refuses to connect to %s', async (target) => {
    expect(await tunnel(target)).toBe(403);
  });

  it('passes no plain http on', async () => {
    const { hostname, port } = new URL(front.proxy);
    const asking = request({ hostname, port, path: 'http://example.com/' });
    asking.end();
    const [response] = await once(asking, 'response');
    expect(response.statusCode).toBe(403);
    response.resume();
  });

  it('cuts its tunnels when it is closed, and may be closed twice', async () => {
    const own = await openTlsFront({
      hosts,
      now: new Date(),
      onProblem: () => undefined,
      serve: async () => undefined,
    });
    const { hostname, port } = new URL(own.proxy);
    const asking = request({ hostname, port, method: 'CONNECT', path: `${hosts[0]}:443` });
    asking.end();
    const [, socket] = await once(asking, 'connect');
    const ended = once(socket, 'close');
    await own.close();
    await ended;
    await own.close();
  });
});
