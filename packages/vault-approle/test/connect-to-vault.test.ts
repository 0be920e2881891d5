import { describe, expect, test } from 'vitest';
import { connectToVault, type VaultConnection } from '../src/index.ts';
import {
  cut,
  cutMidBody,
  dataAnswer,
  errors,
  type FakeVault,
  json,
  raw,
  startFakeVault,
} from './fake-vault.ts';
import { canaries, failureOf, secret } from './login.ts';
import { createManualClock } from './manual-clock.ts';

function connect(vault: FakeVault): VaultConnection {
  const { address } = vault;
  return connectToVault({
    address,
    token: secret(canaries.brokerToken),
    clock: createManualClock(),
  });
}

// The manual clock starts at this moment.
const serverTime = Date.parse('2026-01-01T00:00:00Z') / 1_000;
const healthy = {
  initialized: true,
  sealed: false,
  version: '1.20.0',
  server_time_utc: serverTime,
};

describe('connectToVault()', () => {
  test.each([
    [200, healthy, 'active'],
    [429, healthy, 'standby'],
    [473, healthy, 'standby'],
    [501, { ...healthy, initialized: false, sealed: true }, 'uninitialised'],
    [503, { ...healthy, sealed: true }, 'sealed'],
    [530, healthy, 'unknown'],
  ])('takes health %i for what it says, and asks once', async (status, body, state) => {
    await using vault = await startFakeVault();
    vault.script('GET sys/health', json(status, body));
    const health = await connect(vault).health();
    expect(health).toEqual({ state, version: '1.20.0', clockSkewMs: 0 });
    expect(vault.seen).toHaveLength(1);
  });

  test('tells how far the clocks are apart', async () => {
    await using vault = await startFakeVault();
    const body = { ...healthy, server_time_utc: serverTime + 90 };
    vault.script('GET sys/health', json(200, body));
    expect(await connect(vault).health()).toMatchObject({ clockSkewMs: -90_000 });
  });

  test.each([
    ['a captive page', raw(200, '<html>', { 'Content-Type': 'text/html' }), 'invalid-response'],
    ['other JSON', json(200, { hello: 'world' }), 'invalid-response'],
    ['nobody', cut(), 'unreachable'],
    ['an error', errors(500, 'x'), 'server-failed'],
  ])('does not take %s for a healthy Vault', async (_what, reply, code) => {
    await using vault = await startFakeVault();
    vault.script('GET sys/health', reply);
    expect(await failureOf(connect(vault).health())).toMatchObject({ code });
  });

  test('describes its token without showing it', async () => {
    await using vault = await startFakeVault();
    const answer = {
      id: canaries.brokerToken,
      accessor: 'accessor-7',
      policies: ['default'],
      ttl: 3600,
      renewable: true,
      period: 86_400,
    };
    vault.script('GET auth/token/lookup-self', dataAnswer(answer));
    expect(await connect(vault).lookupSelf()).toEqual({
      accessor: 'accessor-7',
      policies: ['default'],
      expiresAt: new Date('2026-01-01T01:00:00Z'),
      isRenewable: true,
      periodMs: 86_400_000,
    });
  });

  test('says what the token may do with each path', async () => {
    await using vault = await startFakeVault();
    const answer = { 'a/b': ['read'], c: ['deny'], capabilities: ['read'] };
    vault.script('POST sys/capabilities-self', dataAnswer(answer));
    const found = await connect(vault).capabilities(['a/b', 'c']);
    expect(found).toEqual({ 'a/b': ['read'], c: ['deny'] });
    expect(vault.seen[0]?.body).toEqual({ paths: ['a/b', 'c'] });
  });

  test('reads, lists and writes, and nothing is no error', async () => {
    await using vault = await startFakeVault();
    vault.script('GET a/b', dataAnswer({ x: 1 }));
    vault.script('GET a/b?list=true', dataAnswer({ keys: ['one', 'two'] }));
    vault.script('POST a/b', raw(204, ''));
    const connection = connect(vault);
    expect(await connection.read('a/b')).toEqual({ x: 1 });
    expect(await connection.list('a/b')).toEqual(['one', 'two']);
    expect(await connection.write('a/b', { y: 2 })).toBeUndefined();
    expect(await connection.read('not/there')).toBeUndefined();
    expect(await connection.list('not/there')).toEqual([]);
    expect(vault.seen[2]?.body).toEqual({ y: 2 });
  });

  test('sends a write once when its answer is lost, unless it is idempotent', async () => {
    await using vault = await startFakeVault();
    vault.script('POST a/b', cutMidBody(), raw(204, ''));
    const connection = connect(vault);
    const failure = await failureOf(connection.write('a/b', {}));
    expect(failure).toMatchObject({ code: 'ambiguous' });
    expect(vault.seen).toHaveLength(1);
    vault.script('POST c/d', cutMidBody(), raw(204, ''));
    await connection.write('c/d', {}, { isIdempotent: true });
    expect(vault.seen).toHaveLength(3);
  });

  test('without a token it asks for nothing but the health', async () => {
    await using vault = await startFakeVault();
    const failure = await failureOf(connectToVault({ address: vault.address }).read('a/b'));
    expect(failure.message).toBe('Missing token: cannot read without one');
    expect(vault.seen).toHaveLength(0);
  });

  test('hides its token in what Vault says', async () => {
    await using vault = await startFakeVault();
    vault.script('GET a/b', errors(403, `denied for ${canaries.brokerToken}`));
    const failure = await failureOf(connect(vault).read('a/b'));
    expect(failure).toMatchObject({ code: 'denied' });
    expect(failure.message).not.toContain('CANARY');
  });

  test('refuses what it does not know', () => {
    const options = { address: 'https://vault.example.com', tokens: secret('x') };
    expect(() => connectToVault(options)).toThrow('"tokens"');
  });

  test('rejects with the reason of the signal', async () => {
    await using vault = await startFakeVault();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(connect(vault).read('a/b', { signal })).rejects.toBe(reason);
    expect(vault.seen).toEqual([]);
  });
});
