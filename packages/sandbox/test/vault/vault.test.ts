import { format, inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createVault } from '../../src/vault/vault.ts';
import type { VaultOptions } from '../../src/vault/vault-options.ts';
import { createManualScheduler } from './manual-scheduler.ts';
import { createMemoryIssuer } from './memory-issuer.ts';
import { openPipelineVault } from './open-vault.ts';

const basics = () => ({
  scheduler: createManualScheduler(),
  issuer: createMemoryIssuer(),
  seed: 'x',
});

describe('createVault()', () => {
  test('draws the same secrets from the same seed, and others from another', async () => {
    const draw = async (seed: string) => {
      const vault = await openPipelineVault({}, { seed });
      return [vault.roleId, await vault.secretId(), await vault.logIn()];
    };
    const first = await draw('a');
    expect(await draw('a')).toEqual(first);
    const other = await draw('b');
    expect(other.filter((value) => first.includes(value))).toEqual([]);
  });

  test('does not show its root token', () => {
    const { rootToken } = createVault(basics());
    const printed = [
      inspect({ rootToken }),
      JSON.stringify({ rootToken }),
      format('%s', rootToken),
    ];
    for (const text of printed) {
      expect(text).toContain('[redacted]');
      expect(text).not.toContain(rootToken.reveal());
    }
  });

  test('books nothing any more once closed', async () => {
    const vault = await openPipelineVault({ secret_id_ttl: '5m' });
    await vault.logIn();
    await vault.must('GET exoscale/apikey/ci');
    expect(vault.scheduler.pending()).toBeGreaterThan(0);
    vault.vault.close();
    vault.vault.close();
    expect(vault.scheduler.pending()).toBe(0);
    await vault.logIn();
    expect(vault.scheduler.pending()).toBe(0);
  });

  test.each([
    [{ colour: 'red' }, TypeError, 'Unknown option of the Vault: "colour"'],
    [{ seed: undefined }, TypeError, 'Missing option of the Vault: "seed"'],
    [{ maxTtlMs: 0 }, RangeError, 'Option "maxTtlMs" must be above 0: 0'],
    [{ revocationDelayMs: -1 }, RangeError, 'Option "revocationDelayMs" must not be negative: -1'],
  ])('refuses %j', (extra, kind, message) => {
    const options = { ...basics(), ...extra } as VaultOptions;
    expect(() => createVault(options)).toThrow(kind);
    expect(() => createVault(options)).toThrow(message);
  });
});

describe('snapshot()', () => {
  test('names what is alive without giving it away', async () => {
    const vault = await openPipelineVault({ secret_id_num_uses: 2, secret_id_ttl: '5m' });
    const token = await vault.logIn();
    const minted = (await vault.must('GET exoscale/apikey/ci', { token })).body;
    const snapshot = vault.vault.snapshot();
    expect(snapshot).toMatchObject({
      tokens: [{ displayName: 'root' }, { displayName: 'approle', type: 'service' }],
      secretIds: [{ roleName: 'ci', usesLeft: 1 }],
      leases: [{ id: minted.lease_id, failedRevocations: 0 }],
    });
    const printed = JSON.stringify(snapshot);
    for (const secret of [token, minted.data.api_key, minted.data.api_secret]) {
      expect(printed).not.toContain(secret);
    }
  });

  test('is empty but for root when the job has given everything back', async () => {
    const vault = await openPipelineVault({ secret_id_num_uses: 1 });
    const token = await vault.logIn();
    const { lease_id } = (await vault.must('GET exoscale/apikey/ci', { token })).body;
    await vault.must('POST sys/leases/revoke', { token, body: { lease_id } });
    await vault.must('POST auth/token/revoke-self', { token });
    expect(vault.vault.snapshot()).toMatchObject({
      tokens: [{ displayName: 'root' }],
      secretIds: [],
      leases: [],
    });
  });
});
