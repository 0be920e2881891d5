import { expect, test } from 'vitest';
import { callUnsigned, createSandboxClient } from './sandbox-client.ts';

test('a call without a signature is refused', async () => {
  const { handler } = createSandboxClient();
  const answer = await callUnsigned(handler, { path: '/v2/instance' });
  expect(answer).toMatchObject({ status: 401, body: { message: 'Authentication required' } });
});

test('a malformed signature is refused', async () => {
  const { handler } = createSandboxClient();
  const headers = { authorization: 'Bearer abc' };
  const answer = await callUnsigned(handler, { path: '/v2/instance', headers });
  expect(answer.status).toBe(401);
});

test.each([
  ['an unknown key', { credentials: { key: 'EXOnobody', secret: 'admin-secret' } }],
  ['a wrong secret', { credentials: { key: 'EXOadmin', secret: 'guess' } }],
  ['an expired signature', { expiresInSeconds: 0 }],
])('%s is refused', async (_, options) => {
  const { call } = createSandboxClient();
  const { status, body } = await call('GET', '/instance', options);
  expect(status).toBe(403);
  expect(body.message).toMatch(/Unknown|Invalid|expired/);
});

test('a key stops working when it is deleted', async () => {
  const { cloud, call } = createSandboxClient();
  const policy = { 'default-service-strategy': 'allow', services: {} } as const;
  const { id } = cloud.iam.addRole({ name: 'ci', policy });
  const credentials = cloud.iam.createKey('ci', id);
  expect((await call('GET', '/instance', { credentials })).status).toBe(200);
  await call('DELETE', `/api-key/${credentials.key}`);
  expect((await call('GET', '/instance', { credentials })).status).toBe(403);
});

test('a role allows its operations and nothing else', async () => {
  const { cloud, call } = createSandboxClient();
  const rules = [{ action: 'allow' as const, expression: "operation in ['list-instances']" }];
  const { id } = cloud.iam.addRole({
    name: 'reader',
    policy: { 'default-service-strategy': 'deny', services: { compute: { type: 'rules', rules } } },
  });
  const credentials = cloud.iam.createKey('ci', id);
  expect((await call('GET', '/instance', { credentials })).status).toBe(200);
  expect(await call('GET', '/template', { credentials })).toMatchObject({
    status: 403,
    body: { message: 'Operation "list-templates" is not allowed by the role' },
  });
  expect((await call('GET', '/api-key', { credentials })).status).toBe(403);
});

test('query parameters are part of the signature', async () => {
  const { call } = createSandboxClient();
  const { status } = await call('GET', '/template?visibility=public&family=ubuntu');
  expect(status).toBe(200);
});
