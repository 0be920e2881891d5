import { describe, expect, test } from 'vitest';
import { checkJwtLoginOptions, type JwtLoginOptions } from '../src/jwt-options.ts';
import { checkLoginOptions, type LoginOptions } from '../src/login-options.ts';
import {
  brokerCredential,
  failureOf,
  secret,
  secretIdCredential,
  wrappedCredential,
} from './login.ts';

const good: LoginOptions = {
  address: 'https://vault.example.com:8200',
  roleId: 'role-id-1',
  credential: secretIdCredential,
};

function check(options: object): Promise<Error> {
  return failureOf((async () => checkLoginOptions({ ...good, ...options }))());
}

describe('checkLoginOptions()', () => {
  test.each([
    ['credential', undefined, 'Invalid credential: want kind'],
    ['secret id', { kind: 'secret-id' }, 'Missing secret id: want an object with'],
    ['token', { kind: 'broker', roleName: 'ci', token: 'hvs.x' }, 'Missing broker token: want an'],
  ])('names what is missing: %s', async (_what, credential, message) => {
    const failure = await check({ credential });
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure.message).toContain(message);
  });

  test('is told of a missing JWT in the same words', () => {
    const options = { address: good.address } as JwtLoginOptions;
    expect(() => checkJwtLoginOptions(options)).toThrow('Missing JWT: want an object with');
  });

  test('fills in the defaults', () => {
    expect(checkLoginOptions(good)).toMatchObject({
      mountPath: 'approle',
      requestTimeoutMs: 10_000,
      connectTimeoutMs: 5_000,
      deadlineMs: 30_000,
      namespace: undefined,
      trust: { rejectUnauthorized: true },
    });
  });

  test.each([
    'https://vault.example.com',
    'https://vault.example.com:8200/',
    'http://127.0.0.1:8200',
    'http://127.1:8200',
    'http://localhost:8200',
    'http://[::1]:8200',
  ])('takes the address %s', (address) => {
    expect(checkLoginOptions({ ...good, address }).address.origin).toMatch(/^https?:\/\/[^/]+$/);
  });

  test.each([
    ['', 'TypeError'],
    ['vault.example.com', 'TypeError'],
    ['vault.example.com:8200', 'TypeError'],
    ['//vault.example.com', 'TypeError'],
    ['ftp://vault.example.com', 'TypeError'],
    ['https://user:CANARY@vault.example.com', 'TypeError'],
    ['https://CANARY@vault.example.com', 'TypeError'],
    ['https://vault.example.com/v1', 'TypeError'],
    ['https://vault.example.com/?x=CANARY', 'TypeError'],
    ['https://vault.example.com/#x', 'TypeError'],
    ['https://vault.example.com/?', 'TypeError'],
    ['http://vault.example.com', 'VaultError'],
    ['http://10.0.0.1:8200', 'VaultError'],
    ['http://127.0.0.1.example.com', 'VaultError'],
    ['http://localhost.example.com', 'VaultError'],
    ['http://[::2]:8200', 'VaultError'],
  ])('refuses the address "%s"', async (address, name) => {
    const failure = await check({ address });
    expect(failure.name).toBe(name);
    expect(failure.message).not.toContain('CANARY');
    if (name === 'VaultError') expect(failure).toMatchObject({ code: 'insecure-address' });
  });

  test.each([
    ['', 'Missing'],
    [' ', 'Missing'],
    ['\n', 'Missing'],
    ['CANARY\n', 'line break'],
    ['CANARY\r\n', 'line break'],
    [' CANARY', 'white space'],
    ['CAN\0ARY', 'printable'],
    ['CAN\nARY', 'printable'],
    ['CANÄRY', 'printable'],
    ['CANARY'.repeat(700), '4200 bytes'],
  ])('refuses %j as role id, secret id and broker token', async (value, words) => {
    const refused = [
      await check({ roleId: value }),
      await check({ credential: { kind: 'secret-id', secretId: secret(value) } }),
      await check({ credential: { ...brokerCredential, token: secret(value) } }),
    ];
    for (const failure of refused) {
      expect(failure.message).toContain(words);
      expect(failure.message).not.toContain('CAN');
    }
    expect(
      refused.map(({ message }) => message.match(/role id|secret id|broker token/)?.[0]),
    ).toEqual(['role id', 'secret id', 'broker token']);
  });

  test.each([
    '',
    '../../../sys/policy?x',
    'a/b',
    'a%2fb',
    'a b',
    'a#b',
    '.',
    '..',
    'a.',
    'a\n',
    'ä',
    'a'.repeat(4097),
  ])('refuses the role name %j', async (roleName) => {
    const failure = await check({ credential: { ...brokerCredential, roleName } });
    expect(failure.message).toMatch(/^Invalid role name/);
    expect(failure.message.length).toBeLessThan(200);
  });

  test.each(['', '/approle', 'approle/', 'a//b', '..', 'a/../b', 'a/./b', 'a b', 'a?b', 'a%2fb'])(
    'refuses the mount path %j',
    async (mountPath) => {
      expect((await check({ mountPath })).message).toMatch(/^Invalid mount path/);
    },
  );

  test.each([
    [{ namespace: '' }, 'namespace'],
    [{ namespace: 'a\nb' }, 'namespace'],
    [{ ca: '/etc/ssl/ca.pem' }, 'PEM'],
    [{ fingerprint: 'ab:cd' }, 'fingerprint'],
    [{ serverName: 'vault example' }, 'serverName'],
    [{ clientCertificate: { certificate: 'x', key: secret('CANARY') } }, 'clientCertificate'],
    [{ credential: { ...brokerCredential, wrapTtlMs: 1_500 } }, 'wrapTtlMs'],
    [{ credential: { ...brokerCredential, wrapTtlMs: 0 } }, 'wrapTtlMs'],
    [{ requestTimeoutMs: 0.5 }, 'requestTimeoutMs'],
    [{ requestTimeoutMs: '5000' as unknown as number }, 'requestTimeoutMs: a string'],
    [{ mountPath: 42 as unknown as string }, 'mount path'],
    [{ credential: { ...wrappedCredential, ttlMs: -1 } }, 'ttlMs'],
    [{ credential: { ...wrappedCredential, token: secret('') } }, 'wrapping token'],
    [{ credential: { ...wrappedCredential, roleName: '../x' } }, 'role name'],
    [{ credential: { ...wrappedCredential, secretId: secret('x') } }, '"secretId"'],
    [{ requestTimeoutMs: 0 }, 'requestTimeoutMs'],
    [{ requestTimeoutMs: Number.NaN }, 'requestTimeoutMs'],
    [{ requestTimeoutMs: 2 ** 31 }, 'requestTimeoutMs'],
    [{ connectTimeoutMs: -1 }, 'connectTimeoutMs'],
    [{ deadlineMs: Infinity }, 'deadlineMs'],
    [{ adress: 'x' }, '"adress"'],
    [{ credential: { ...brokerCredential, ttl: '5m' } }, '"ttl"'],
    [{ credential: { ...secretIdCredential, token: secret('x') } }, '"token"'],
    [{ credential: { kind: 'jwt' } }, 'secret-id'],
  ])('refuses %o', async (options, word) => {
    const failure = await check(options);
    expect(failure).toSatisfy((error) => error instanceof TypeError || error instanceof RangeError);
    expect(failure.message).toContain(word);
  });
});
