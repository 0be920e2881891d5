import { type ApiKey, createSecret } from '@exoship/exo-runner';
import { VaultError, type VaultSession } from '@exoship/vault-approle';
import { expect, test } from 'vitest';
import { assertLifetime } from '../../src/credentials/assert-lifetime.ts';
import { fakeJob } from '../support/fake-job.ts';
import { keySource } from '../support/key-source.ts';

const minute = 60_000;
const startMs = Date.parse('2026-01-01T00:00:00Z');

interface Vault {
  readonly tokenMinutes: number;
  readonly tokenMaxMinutes: number;
  readonly keyMinutes: number;
  readonly isRenewable?: boolean;
  /** `max_ttl` of the role; an error when it may not be read. */
  readonly keyMaxMinutes: number | Error;
}

async function tryFor(forMinutes: number, vault: Vault) {
  const clock = {
    now: () => new Date(startMs),
    monotonicMs: () => 0,
    sleep: async () => {},
  };
  const { job, stderr } = fakeJob({ clock });
  const asked: string[] = [];
  let expiresAt = new Date(startMs + vault.tokenMinutes * minute);
  const session: Pick<VaultSession, 'expiresAt' | 'renew' | 'read'> = {
    get expiresAt() {
      return expiresAt;
    },
    async renew({ incrementMs = 0 } = {}) {
      asked.push('renew');
      expiresAt = new Date(startMs + Math.min(incrementMs, vault.tokenMaxMinutes * minute));
    },
    async read(path) {
      asked.push(path);
      if (vault.keyMaxMinutes instanceof Error) throw vault.keyMaxMinutes;
      const data = { max_ttl: vault.keyMaxMinutes * 60 };
      return {
        data,
        leaseId: '',
        leaseDurationMs: 0,
        renewable: false,
        requestId: '',
        ambiguousTries: 0,
      };
    },
  };
  const apiKey: ApiKey = {
    name: 'vault-x',
    key: 'EXO1',
    secret: createSecret('x'),
    leaseId: 'lease',
    expiresAt: new Date(startMs + vault.keyMinutes * minute),
    isRenewable: vault.isRenewable ?? true,
    renew: async () => {},
    revoke: async () => ({ outcome: 'proven', leaseId: 'lease', expiresAt }),
    [Symbol.asyncDispose]: async () => {},
  };
  const work = assertLifetime(job, keySource, {
    session: session as VaultSession,
    apiKey,
    forMs: forMinutes * minute,
  });
  const failure = await work.then(
    () => undefined,
    (error: { exitCode?: number; message: string }) => error,
  );
  return { failure, asked, stderr: stderr() };
}

const ample: Vault = { tokenMinutes: 20, tokenMaxMinutes: 120, keyMinutes: 15, keyMaxMinutes: 60 };

test('assertLifetime() asks nothing when token and key live long enough as they are', async () => {
  expect(await tryFor(10, ample)).toEqual({ failure: undefined, asked: [], stderr: '' });
});

test('assertLifetime() extends the token and looks up the maximum of the key', async () => {
  const { failure, asked } = await tryFor(50, ample);
  expect(failure).toBeUndefined();
  expect(asked).toEqual(['renew', 'exoscale/role/exoship-deploy']);
});

test.each<[string, number, Partial<Vault>, RegExp]>([
  ['the token', 50, { tokenMaxMinutes: 30 }, /the Vault token cannot live beyond .*00:30:00/],
  ['the key', 50, { keyMaxMinutes: 30 }, /key vault-x cannot live beyond .*00:30:00/],
  ['a key that is granted once', 16, { isRenewable: false }, /key vault-x.*00:15:00/],
  ['a key that is just too short', 60, {}, /key vault-x/],
])(
  'assertLifetime() refuses because of %s, with exit code 3',
  async (_what, forMinutes, change, words) => {
    const { failure } = await tryFor(forMinutes, { ...ample, ...change });
    expect(failure).toMatchObject({ name: 'CliError', exitCode: 3 });
    expect(failure?.message).toMatch(words);
  },
);

test('assertLifetime() only says so when the maximum of the key may not be read', async () => {
  const denied = new VaultError('no', { code: 'denied', path: 'x', retryable: false });
  const { failure, stderr } = await tryFor(50, { ...ample, keyMaxMinutes: denied });
  expect(failure).toBeUndefined();
  expect(stderr).toMatch(/warning: nobody knows whether key vault-x can live for 3000 s/);
  const other = new VaultError('no', { code: 'sealed', path: 'x', retryable: true });
  expect((await tryFor(50, { ...ample, keyMaxMinutes: other })).failure).toBe(other);
});
