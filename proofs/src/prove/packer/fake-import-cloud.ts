import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeImportCloud extends AsyncDisposable {
  /** For HTTP_PROXY: the importer of Packer 1.6 knows no other way to loopback. */
  readonly proxy: string;
}

/** As much of version 1 of the API and of the object store as the importer in Packer 1.6 asks for, until it is refused. */
export async function startFakeImportCloud(
  refuses: 'upload' | 'register',
): Promise<FakeImportCloud> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume().on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://none');
      const [status, type, body] = answer(url, refuses);
      outgoing.writeHead(status, { 'content-type': type, etag: '"1"' });
      outgoing.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(
  { host, searchParams }: URL,
  refuses: 'upload' | 'register',
): readonly [status: number, type: string, body: string] {
  if (!host.startsWith('api.')) {
    return refuses === 'upload'
      ? [403, 'application/xml', '<Error><Code>AccessDenied</Code></Error>']
      : [200, 'application/xml', ''];
  }
  if (searchParams.get('command') === 'listZones') {
    const zone = [{ id: '1128bd56-b4d9-4ac6-a7b9-c715b187ce11', name: 'ch-gva-2' }];
    return [200, 'application/json', JSON.stringify({ listzonesresponse: { count: 1, zone } })];
  }
  const refusal = { errorcode: 431, cserrorcode: 4350, errortext: 'template name already taken' };
  return [431, 'application/json', JSON.stringify({ registercustomtemplateresponse: refusal })];
}
