import { expect, test } from 'vitest';
import { sign, stringToSign } from '../../src/api/signature.ts';
import { callUnsigned, createSandboxClient } from './sandbox-client.ts';

test('zones are listed without a signature, and advertise the sandbox itself', async () => {
  const { handler } = createSandboxClient();
  const { status, body } = await callUnsigned(handler, {});
  expect(status).toBe(200);
  expect(body.zones).toContainEqual({
    id: expect.any(String),
    name: 'ch-dk-2',
    'api-endpoint': 'http://127.0.0.1:1/z/ch-dk-2/v2',
    'sos-endpoint': 'http://127.0.0.1:1/sos/ch-dk-2',
  });
});

test('a signed call for the zones is tolerated', async () => {
  const { call } = createSandboxClient();
  expect((await call('GET', '/zone')).status).toBe(200);
});

test('a zone is named by the path, by the host, or not at all', async () => {
  const { cloud, call } = createSandboxClient();
  cloud.templates.add({ name: 'only here', zones: ['de-fra-1'] });
  async function names(target: string, host = '127.0.0.1'): Promise<readonly string[]> {
    const { body } = await call('GET', `${target}?visibility=private`, { headers: { host } });
    return body.templates.map(({ name }: { name: string }) => name);
  }
  expect(await names('/template')).toEqual([]);
  expect(await names('/z/de-fra-1/v2/template')).toEqual(['only here']);
  expect(await names('/template', 'api-de-fra-1.exoscale.com')).toEqual(['only here']);
  expect(await names('/template', 'api-ch-gva-2.exoscale.com:443')).toEqual([]);
});

test.each([
  ['GET', '/unicorn', 404],
  ['GET', '/', 404],
  ['GET', '//ssh-key', 404],
  ['GET', '/z/mars-1/v2/template', 404],
  ['PATCH', '/instance', 405],
  ['POST', '/instance/abc:stop', 405],
  ['PUT', '/instance/abc:dance', 404],
])('%s %s is answered with %i and a message', async (method, target, expected) => {
  const { call } = createSandboxClient();
  const { status, body } = await call(method, target);
  expect(status).toBe(expected);
  expect(body).toEqual({ message: expect.any(String) });
});

test('405 says what would be allowed', async () => {
  const { call } = createSandboxClient();
  expect((await call('PUT', '/instance')).headers).toMatchObject({ allow: 'GET, POST' });
});

test.each([['{'], ['[]'], ['"text"']])('the body %s is refused', async (text) => {
  const { handler, cloud } = createSandboxClient();
  const unsigned = { method: 'POST', path: '/v2/ssh-key', query: '', body: Buffer.from(text) };
  const expires = cloud.now().getTime() / 1000 + 60;
  const signature = sign(stringToSign(unsigned, expires), 'admin-secret');
  const authorization = `EXO2-HMAC-SHA256 credential=EXOadmin,expires=${expires},signature=${signature}`;
  const answer = await callUnsigned(handler, { ...unsigned, headers: { authorization } });
  expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining('Body') } });
});

test('a path parameter that is not decodable is refused', async () => {
  const { call } = createSandboxClient();
  expect((await call('GET', '/ssh-key/%zz')).status).toBe(400);
});

test.each([
  ['/anti-affinity-group', 'anti-affinity-groups'],
  ['/elastic-ip', 'elastic-ips'],
  ['/private-network', 'private-networks'],
  ['/deploy-target', 'deploy-targets'],
  ['/snapshot', 'snapshots'],
])('%s is an empty list', async (path, key) => {
  const { call } = createSandboxClient();
  expect(await call('GET', path)).toMatchObject({ status: 200, body: { [key]: [] } });
  expect((await call('GET', `${path}/abc`)).status).toBe(404);
});

test('reverse DNS of an instance is not found', async () => {
  const { call } = createSandboxClient();
  expect((await call('GET', '/reverse-dns/instance/abc')).status).toBe(404);
});
