import { describe, expect, test } from 'vitest';
import { choosePause } from '../src/perform-call.ts';
import { dataAnswer, errors, json, startFakeVault } from './fake-vault.ts';
import { brokerCredential, failureOf, logIn, openSession } from './login.ts';
import { createManualClock } from './manual-clock.ts';

const good = dataAnswer({ ok: true });

describe('performCall()', () => {
  test.each([
    [412, 'required index state not present'],
    [429, 'rate limit quota exceeded'],
    [503, 'Vault is sealed'],
  ])('repeats after %i and returns what came in the end', async (status, message) => {
    await using vault = await startFakeVault();
    const clock = createManualClock();
    const session = await openSession(vault, { clock });
    vault.script('GET a/b', errors(status, message), errors(status, message), good);
    expect((await session.read('a/b')).data).toEqual({ ok: true });
    expect(clock.pauses).toHaveLength(2);
  });

  test('repeats when the connection cannot be made', async () => {
    const vault = await startFakeVault();
    const clock = createManualClock();
    const session = await openSession(vault, { clock, deadlineMs: 2_000 });
    await vault[Symbol.asyncDispose]();
    const failure = await failureOf(session.read('a/b'));
    expect(failure).toMatchObject({ code: 'unreachable', retryable: true, status: undefined });
    expect(failure.message).toContain('ECONNREFUSED');
    expect(clock.pauses.length).toBeGreaterThan(1);
  });

  test('ends at the deadline with the last observation', async () => {
    await using vault = await startFakeVault();
    const clock = createManualClock();
    const session = await openSession(vault, { clock, deadlineMs: 10_000 });
    vault.script('GET a/b', errors(429, 'slow down'));
    const failure = await failureOf(session.read('a/b'));
    expect(failure).toMatchObject({ code: 'rate-limited', status: 429, retryable: true });
    expect(failure.message).toContain('slow down');
    expect(clock.monotonicMs()).toBeLessThan(10_000);
    expect(clock.monotonicMs()).toBeGreaterThan(4_000);
  });

  test('waits as long as Vault asks for', async () => {
    await using vault = await startFakeVault();
    const clock = createManualClock();
    const session = await openSession(vault, { clock });
    vault.script('GET a/b', json(429, {}, { 'Retry-After': '7' }), good);
    await session.read('a/b');
    expect(clock.pauses[0]).toBeGreaterThanOrEqual(7_000);
    expect(clock.pauses[0]).toBeLessThan(8_000);
  });

  test('does not wait for hours because Vault asks for it', async () => {
    await using vault = await startFakeVault();
    const clock = createManualClock();
    const session = await openSession(vault, { clock });
    vault.script('GET a/b', json(429, {}, { 'Retry-After': '10000' }), good);
    await session.read('a/b');
    expect(clock.pauses[0]).toBeLessThan(11_000);
  });

  test('does not start a pause that would end after the deadline', async () => {
    await using vault = await startFakeVault();
    const clock = createManualClock();
    const session = await openSession(vault, { clock, deadlineMs: 5_000 });
    vault.script('GET a/b', json(429, {}, { 'Retry-After': '9' }), good);
    await expect(session.read('a/b')).rejects.toMatchObject({ code: 'rate-limited' });
    expect(clock.pauses).toEqual([]);
  });

  test('gives all calls of a login one deadline', async () => {
    await using vault = await startFakeVault();
    const clock = createManualClock();
    const path = 'POST auth/approle/role/gitlab-ci-runner/secret-id';
    const slow = json(429, {}, { 'Retry-After': '7' });
    vault.script(path, slow, dataAnswer({ secret_id: 'secret-id-one' }));
    vault.script('POST auth/approle/login', slow);
    const login = logIn(vault, { clock, deadlineMs: 10_000, credential: brokerCredential });
    await expect(login).rejects.toMatchObject({ code: 'rate-limited', path: 'auth/approle/login' });
    expect(clock.pauses).toHaveLength(1);
  });
});

describe('choosePause()', () => {
  test('doubles with jitter up to a limit', () => {
    for (const [attempt, base] of [
      [1, 250],
      [2, 500],
      [5, 4_000],
      [6, 5_000],
      [60, 5_000],
    ] as const) {
      const pauses = Array.from({ length: 50 }, () => choosePause(attempt, undefined));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(base);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(base * 1.5);
      expect(new Set(pauses).size).toBeGreaterThan(1);
    }
  });
});
