import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cut, dataAnswer, empty, errors, json, loginAnswer, startFakeVault } from './fake-vault.ts';
import { canaries, failureOf, logIn, openSession } from './login.ts';
import { createManualClock } from './manual-clock.ts';

const lease = {
  lease_id: 'exoscale/apikey/gitlab-ci-runner/abc',
  lease_duration: 900,
  renewable: true,
};
const key = { name: 'vault-x', api_key: 'EXO123', api_secret: 'CANARY-api-secret-5555' };
const keyPath = 'exoscale/apikey/gitlab-ci-runner';

describe('VaultSession', () => {
  test('read() returns the data with its lease', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script(`GET ${keyPath}`, dataAnswer(key, lease));
    expect(await session.read(keyPath)).toEqual({
      data: key,
      leaseId: lease.lease_id,
      leaseDurationMs: 900_000,
      renewable: true,
      requestId: 'request-1',
      ambiguousTries: 0,
    });
    expect(vault.seen.at(-1)?.headers['x-vault-token']).toBe(canaries.token);
  });

  test('capabilities() asks with its own token, renew() for as long as told', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('POST sys/capabilities-self', dataAnswer({ 'a/b': ['read'] }));
    vault.script('POST auth/token/renew-self', loginAnswer({ lease_duration: 3600 }));
    expect(await session.capabilities(['a/b', 'c'])).toEqual({ 'a/b': ['read'], c: [] });
    expect(vault.seen.at(-1)?.headers['x-vault-token']).toBe(canaries.token);
    await session.renew({ incrementMs: 3_599_001 });
    expect(vault.seen.at(-1)?.body).toEqual({ increment: '3600s' });
  });

  test('read() hides the values when its result is printed', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script(`GET ${keyPath}`, dataAnswer(key, lease));
    const secret = await session.read(keyPath);
    for (const printed of [inspect(secret), JSON.stringify(secret)]) {
      expect(printed).not.toContain('CANARY');
      expect(printed).toContain('api_secret');
    }
  });

  test('read() counts the tries whose answer was lost', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script(`GET ${keyPath}`, cut(), errors(503, 'Vault is sealed'), dataAnswer(key, lease));
    expect((await session.read(keyPath)).ambiguousTries).toBe(1);
  });

  test('read() encodes what it asks for and refuses what would change the path', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('GET secret/a%20b/%C3%A4', dataAnswer({ ok: true }));
    expect((await session.read('secret/a b/ä')).data).toEqual({ ok: true });
    for (const path of [
      '',
      '/x',
      'x/',
      'a//b',
      '../sys',
      'a/../b',
      'a?b',
      'a#b',
      'a%2fb',
      'a\\b',
      'a\nb',
    ]) {
      await expect(session.read(path)).rejects.toThrow(TypeError);
    }
    expect(vault.seen).toHaveLength(2);
  });

  test('read() rejects an answer without data and says 404 as not-found', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('GET a/b', json(200, { data: null }));
    await expect(session.read('a/b')).rejects.toMatchObject({ code: 'invalid-response' });
    await expect(session.read('a/c')).rejects.toMatchObject({ code: 'not-found', status: 404 });
  });

  test('read() does not take a 403 below a path that mentions sys/health for a success', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('GET secret/data/sys/health', errors(403, 'permission denied'));
    const failure = await failureOf(session.read('secret/data/sys/health'));
    expect(failure).toMatchObject({ code: 'denied' });
  });

  test('lookupLease() gives the expiry by our clock, undefined for a lease that is gone', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script(
      'POST sys/leases/lookup',
      dataAnswer({ id: lease.lease_id, ttl: 60, expire_time: '1999-01-01T00:00:00Z' }),
      errors(400, 'invalid lease'),
      errors(400, 'something else'),
    );
    const found = await session.lookupLease(lease.lease_id);
    expect(found?.expiresAt).toEqual(new Date('2026-01-01T00:01:00Z'));
    expect(await session.lookupLease(lease.lease_id)).toBeUndefined();
    await expect(session.lookupLease(lease.lease_id)).rejects.toMatchObject({ code: 'rejected' });
    expect(vault.seen.at(-1)?.body).toEqual({ lease_id: lease.lease_id });
  });

  test('renewLease() gives the new expiry, which Vault may have shortened', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    const path = 'POST sys/leases/renew';
    vault.script(
      path,
      json(200, { lease_id: lease.lease_id, renewable: true, lease_duration: 90 }),
      errors(400, 'lease not found'),
      errors(400, 'lease is not renewable'),
    );
    const renewed = await session.renewLease(lease.lease_id);
    expect(renewed.expiresAt).toEqual(new Date('2026-01-01T00:01:30Z'));
    expect(vault.seen.at(-1)?.body).toEqual({ lease_id: lease.lease_id });
    const renewAgain = () => session.renewLease(lease.lease_id);
    await expect(renewAgain()).rejects.toMatchObject({ code: 'not-found' });
    await expect(renewAgain()).rejects.toMatchObject({ code: 'rejected' });
  });

  test('revokeLease() revokes synchronously, with the lease id in the body', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('POST sys/leases/revoke', empty());
    await session.revokeLease(lease.lease_id);
    expect(vault.seen.at(-1)?.url).toBe('/v1/sys/leases/revoke');
    expect(vault.seen.at(-1)?.body).toEqual({ lease_id: lease.lease_id, sync: true });
    await expect(session.revokeLease(' ')).rejects.toThrow(TypeError);
  });

  test('revokeLease() tries again when the system behind the lease failed', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    const failed = errors(400, 'failed to revoke entry: unable to revoke the API key');
    vault.script('POST sys/leases/revoke', failed, failed, cut(), empty());
    await session.revokeLease(lease.lease_id);
    expect(vault.seen).toHaveLength(5);
  });

  test('revokeLease() gives up with revoke-failed when that never ends', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('POST sys/leases/revoke', errors(400, 'failed to revoke entry: no'));
    const failure = await failureOf(session.revokeLease(lease.lease_id));
    expect(failure).toMatchObject({ code: 'revoke-failed', status: 400, retryable: true });
  });

  test('revokeLease() names the capability that a 403 lacks', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('POST sys/leases/revoke', errors(403, 'permission denied'));
    await expect(session.revokeLease(lease.lease_id)).rejects.toThrow('sys/leases/revoke');
  });

  test('renew() moves the expiry', async () => {
    await using vault = await startFakeVault();
    const clock = createManualClock();
    const session = await openSession(vault, { clock });
    clock.advance(600_000);
    vault.script('POST auth/token/renew-self', loginAnswer({ lease_duration: 300 }));
    await session.renew();
    expect(session.expiresAt).toEqual(new Date('2026-01-01T00:15:00Z'));
    expect(vault.seen.at(-1)?.headers['x-vault-token']).toBe(canaries.token);
  });

  test('renew() rejects when Vault may not or does not renew', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    const path = 'POST auth/token/renew-self';
    vault.script(path, errors(400, 'lease is not renewable'), json(200, { auth: null }));
    await expect(session.renew()).rejects.toMatchObject({ code: 'rejected' });
    await expect(session.renew()).rejects.toMatchObject({ code: 'invalid-response' });
    expect(session.expiresAt).toEqual(new Date('2026-01-01T00:20:00Z'));
  });

  test('revoke() revokes the token once and ends the session', async () => {
    await using vault = await startFakeVault();
    {
      await using session = await openSession(vault);
      vault.script('POST auth/token/revoke-self', empty());
      await session.revoke();
      await session.revoke();
      await expect(session.read('a/b')).rejects.toMatchObject({ code: 'session-ended' });
    }
    expect(vault.urls()).toEqual([
      'POST /v1/auth/approle/login',
      'POST /v1/auth/token/revoke-self',
    ]);
  });

  test('revoke() takes a refusal for a token that is dead already', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('POST auth/token/revoke-self', errors(403, 'permission denied'));
    await session.revoke();
    await session.revoke();
    expect(vault.seen).toHaveLength(2);
  });

  test('revoke() does not take a missing right for a dead token', async () => {
    await using vault = await startFakeVault();
    vault.script('POST auth/approle/login', loginAnswer({ policies: ['narrow'] }));
    const clock = createManualClock();
    const session = await logIn(vault, { clock });
    const path = 'POST auth/token/revoke-self';
    vault.script(path, errors(403, 'permission denied'));
    await expect(session.revoke()).rejects.toMatchObject({ code: 'denied' });
    vault.script(path, errors(403, 'permission denied', 'invalid token'));
    await session.revoke();
  });

  test('revoke() can be tried again after a failure', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('POST auth/token/revoke-self', errors(500, 'storage is down'), empty());
    await expect(session.revoke()).rejects.toMatchObject({ code: 'server-failed' });
    await session.revoke();
    expect(vault.seen).toHaveLength(3);
  });

  test('outlives the signal of its login', async () => {
    await using vault = await startFakeVault();
    const controller = new AbortController();
    const session = await openSession(vault, { signal: controller.signal });
    controller.abort();
    vault.script('POST auth/token/revoke-self', empty());
    await session[Symbol.asyncDispose]();
    expect(vault.seen).toHaveLength(2);
  });

  test('revokes when the body of its block throws, and lets that error through', async () => {
    await using vault = await startFakeVault();
    vault.script('POST auth/token/revoke-self', empty());
    const body = async (): Promise<void> => {
      await using _session = await openSession(vault);
      throw new RangeError('body failed');
    };
    await expect(body()).rejects.toThrow(RangeError);
    expect(vault.seen).toHaveLength(2);
  });

  test('keeps the error of the body when revoking fails as well', async () => {
    await using vault = await startFakeVault();
    vault.script('POST auth/token/revoke-self', errors(500, 'storage is down'));
    const body = async (): Promise<void> => {
      await using _session = await openSession(vault);
      throw new RangeError('body failed');
    };
    const failure = await failureOf(body());
    expect(failure).toMatchObject({
      name: 'SuppressedError',
      error: { code: 'server-failed' },
      suppressed: { message: 'body failed' },
    });
  });

  test('each call has its own signal', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(session.read('a/b', { signal })).rejects.toBe(reason);
    await expect(session.revoke({ signal })).rejects.toBe(reason);
    expect(vault.seen).toHaveLength(1);
  });
});
