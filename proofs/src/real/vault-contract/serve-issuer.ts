import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IdTokens } from '../../prove/credentials/id-tokens.ts';

export interface Issuer extends AsyncDisposable {
  readonly origin: string;
}

/** Where a GitLab tells with which keys it signs: Vault asks when it is set up, and at logins. */
export async function serveIssuer({ publicKey }: IdTokens): Promise<Issuer> {
  const jwk = { ...createPublicKey(publicKey).export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
  let origin = '';
  const server = createServer(({ url }, response) => {
    const isKeys = url === '/jwks';
    const discovery = { issuer: origin, jwks_uri: `${origin}/jwks` };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isKeys ? { keys: [jwk] } : discovery));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
