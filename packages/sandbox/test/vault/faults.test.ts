import { describe, expect, test } from 'vitest';
import type { FaultEffect } from '../../src/vault/faults.ts';
import { openPipelineVault, openVault, type PipelineVault } from './open-vault.ts';

const LOGIN = 'auth/approle/login';

async function respond(vault: PipelineVault, path: string, body?: object) {
  return vault.vault.handler({
    method: body === undefined ? 'GET' : 'POST',
    path: `/v1/${path}`,
    query: 'a=b',
    headers: { 'x-vault-token': vault.vault.rootToken.reveal() },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  });
}

describe('inject()', () => {
  test('hits the matching requests it is told to, and then no more', async () => {
    const { vault, call } = openVault();
    vault.inject({
      method: 'GET',
      path: 'sys/+',
      skip: 1,
      times: 2,
      effect: { kind: 'status', status: 503, errors: ['node is not active'] },
    });
    const statuses: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      statuses.push((await call('GET auth/token/lookup-self')).status);
      statuses.push((await call('GET sys/mounts')).status);
    }
    expect(statuses).toEqual([200, 200, 200, 503, 200, 503, 200, 200, 200, 200]);
  });

  test('can be taken back', async () => {
    const { vault, call } = openVault();
    const effect: FaultEffect = { kind: 'status', status: 500 };
    const takeBack = vault.inject({ times: Number.POSITIVE_INFINITY, effect });
    expect((await call('GET sys/mounts')).status).toBe(500);
    takeBack();
    takeBack();
    expect((await call('GET sys/mounts')).status).toBe(200);
  });

  test('sends the headers and errors of the fault', async () => {
    const vault = await openPipelineVault();
    const errors = ['request path "sys/mounts": rate limit quota exceeded'];
    const headers = { 'retry-after': '7' };
    vault.vault.inject({ effect: { kind: 'status', status: 429, errors, headers } });
    const response = await respond(vault, 'sys/mounts');
    expect(response).toMatchObject({ status: 429, headers });
    expect(JSON.parse(String(response.body))).toEqual({ errors });
  });

  test('redirects with path and query kept', async () => {
    const vault = await openPipelineVault();
    vault.vault.inject({ effect: { kind: 'redirect', origin: 'http://127.0.0.2:8200' } });
    expect(await respond(vault, 'sys/mounts')).toMatchObject({
      status: 307,
      headers: { location: 'http://127.0.0.2:8200/v1/sys/mounts?a=b' },
    });
  });

  test('seals: health tells, everything else fails', async () => {
    const { vault, call } = openVault();
    vault.inject({ times: 2, effect: { kind: 'sealed' } });
    expect(await call('GET sys/health')).toMatchObject({ status: 503, body: { sealed: true } });
    expect(await call('GET sys/mounts')).toMatchObject({
      status: 503,
      body: { errors: ['Vault is sealed'] },
    });
    expect((await call('GET sys/mounts')).status).toBe(200);
  });

  test('answers with foreign content', async () => {
    const { vault, call } = openVault();
    const body = '<html>Please log in</html>';
    vault.inject({ effect: { kind: 'content', body, contentType: 'text/html' } });
    expect(await call('GET sys/mounts')).toMatchObject({ status: 200, text: body });
  });

  test.each<[FaultEffect, string | undefined, boolean]>([
    [{ kind: 'cut', at: 'before' }, 'cut-before', false],
    [{ kind: 'cut', at: 'after' }, 'cut-after', true],
    [{ kind: 'cut', at: 'body' }, 'cut-body', true],
    [{ kind: 'stall' }, 'stall', false],
    [{ kind: 'stall', isLate: true }, 'stall', true],
    [{ kind: 'drip' }, 'drip', true],
    [{ kind: 'status', status: 502 }, undefined, false],
    [{ kind: 'status', status: 502, isLate: true }, undefined, true],
    [{ kind: 'content', body: '{' }, undefined, false],
    [{ kind: 'content', body: '{', isLate: true }, undefined, true],
  ])(
    '%j is told to the server as %s, and the login took effect: %s',
    async (effect, fault, tookEffect) => {
      const vault = await openPipelineVault({ secret_id_num_uses: 1 });
      const body = { role_id: vault.roleId, secret_id: await vault.secretId() };
      vault.vault.inject({ path: LOGIN, effect });
      expect((await respond(vault, LOGIN, body)).fault).toBe(fault);
      const again = await vault.call(`POST ${LOGIN}`, { body });
      expect(again.status).toBe(tookEffect ? 400 : 200);
    },
  );

  test.each([
    ['skip', -1],
    ['times', Number.NaN],
  ])('refuses %s = %d', (name, count) => {
    const { vault } = openVault();
    const fault = { effect: { kind: 'drip' as const }, [name]: count };
    expect(() => vault.inject(fault)).toThrow(RangeError);
  });
});

describe('faults of the backend', () => {
  test('fail a mint before or after the key was made', async () => {
    const vault = await openPipelineVault();
    vault.vault.inject({ backend: 'create-key', message: 'quota' });
    const refused = await vault.call('GET exoscale/apikey/ci');
    expect(refused.body.errors[0]).toContain('failed to create api key: quota');
    expect(vault.issuer.keys.size).toBe(0);

    vault.vault.inject({ backend: 'create-key', message: 'timeout', isLate: true });
    expect((await vault.call('GET exoscale/apikey/ci')).status).toBe(500);
    expect(vault.issuer.keys.size).toBe(1);
    expect(vault.vault.snapshot().leases).toEqual([]);
  });

  test('fail a revocation, which is tried again', async () => {
    const vault = await openPipelineVault();
    const { lease_id } = (await vault.must('GET exoscale/apikey/ci')).body;
    vault.vault.inject({ backend: 'delete-key', message: 'internal error', times: 2 });
    const revoke = () => vault.call('POST sys/leases/revoke', { body: { lease_id } });
    const statuses = [await revoke(), await revoke(), await revoke()].map(({ status }) => status);
    expect(statuses).toEqual([400, 400, 204]);
  });
});
