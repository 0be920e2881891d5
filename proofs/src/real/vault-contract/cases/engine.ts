import assert from 'node:assert/strict';
import { type ContractCase, empty, refused, type Stage } from '../contract-case.ts';
import type { Reply } from '../wire.ts';
import { tokenOf } from './app-role.ts';

type Body = Readonly<Record<string, unknown>>;

/** A role of the engine, and a token that may mint with it; its path. */
async function makeEngineRole(
  stage: Stage,
  fields: Body = {},
  { policies = '', token = {} }: { readonly policies?: string; readonly token?: Body } = {},
): Promise<{ readonly mint: () => Promise<Reply>; readonly token: string; readonly path: string }> {
  const { ask, must, root, prefix } = stage;
  const { mountPath, iamRole } = stage.engine();
  const body = { 'iam-role': iamRole, ttl: '10m', max_ttl: '1h', ...fields };
  await must('POST', `${mountPath}/role/${prefix}`, { token: root, body });
  const path = `${mountPath}/apikey/${prefix}`;
  const policy = `path "${path}" { capabilities = ["read"] }\n${policies}`;
  await must('POST', `sys/policies/acl/${prefix}-mint`, { token: root, body: { policy } });
  const roleFields = { token_policies: [`${prefix}-mint`], token_ttl: '20m', ...token };
  const minter = await tokenOf(stage, 'minter', roleFields);
  return { token: minter, path, mint: async () => await ask('GET', path, { token: minter }) };
}

const mayRevoke = 'path "sys/leases/revoke" { capabilities = ["update"] }';

async function revokeAll(stage: Stage): Promise<void> {
  const prefix = `sys/leases/revoke-prefix/${stage.engine().mountPath}/apikey/${stage.prefix}`;
  await stage.must('POST', prefix, { token: stage.root, body: { sync: true } });
}

export const engineCases: readonly ContractCase[] = [
  {
    name: 'engine: a role is written, read back and removed',
    needs: 'exoscale',
    async play(stage) {
      const { ask, root: token, prefix } = stage;
      const { mountPath, iamRole } = stage.engine();
      const path = `${mountPath}/role/${prefix}`;
      const body = { 'iam-role': iamRole, ttl: '10m', max_ttl: '1h', renewable: false };
      assert.equal((await ask('POST', path, { token, body })).status, 200);
      const { data } = (await ask('GET', path, { token })).body;
      assert.equal(data.ttl, 600);
      assert.equal(data.max_ttl, 3600);
      assert.equal(data.renewable, false);
      const odd = [
        { 'iam-role': iamRole, max_ttl: '1h' },
        { 'iam-role': 'nobody-of-this-name' },
        { 'iam-role': iamRole, ttl: '2h', max_ttl: '1h' },
      ];
      for (const fields of odd) await ask('POST', `${path}-odd`, { token, body: fields });
      empty(await ask('DELETE', path, { token }));
      refused(await ask('GET', path, { token }), 404, '');
      refused(
        await ask('GET', `${mountPath}/apikey/${prefix}`, { token }),
        400,
        `role "${prefix}" not found`,
      );
      await ask('DELETE', `${path}-odd`, { token });
    },
  },
  {
    name: 'engine: a key is minted, its lease looked up, renewed and revoked',
    needs: 'exoscale',
    async play(stage) {
      const { ask } = stage;
      const { mint, token, path } = await makeEngineRole(stage, {}, { policies: mayRevoke });
      const { status, body } = await mint();
      assert.equal(status, 200);
      assert.equal(body.lease_duration, 600);
      assert.equal(body.renewable, true);
      assert.match(body.data.name, new RegExp(`^vault-${stage.prefix}-.*-\\d+$`));
      const lease = { lease_id: body.lease_id };
      assert.ok(body.lease_id.startsWith(`${path}/`));
      const found = await ask('POST', 'sys/leases/lookup', { token, body: lease });
      assert.equal(found.body.data.id, body.lease_id);
      const renewed = await ask('POST', 'sys/leases/renew', { token, body: lease });
      assert.equal(renewed.body.lease_duration, 600);
      const short = { ...lease, increment: 60 };
      await ask('POST', 'sys/leases/renew', { token, body: short });
      empty(await ask('POST', 'sys/leases/revoke', { token, body: lease }));
      refused(await ask('POST', 'sys/leases/lookup', { token, body: lease }), 400, 'invalid lease');
      refused(
        await ask('POST', 'sys/leases/renew', { token, body: lease }),
        400,
        'lease not found',
      );
      empty(await ask('POST', 'sys/leases/revoke', { token, body: lease }));
    },
  },
  {
    name: 'engine: leases that nobody knows, that are not named, or that cannot be renewed',
    needs: 'exoscale',
    async play(stage) {
      const { ask } = stage;
      const fixed = { renewable: false };
      const { mint, token } = await makeEngineRole(stage, fixed, { policies: mayRevoke });
      const { body } = await mint();
      assert.equal(body.renewable, false);
      const lease = { lease_id: body.lease_id };
      refused(
        await ask('POST', 'sys/leases/renew', { token, body: lease }),
        400,
        'lease is not renewable',
      );
      const nobody = { lease_id: `${stage.engine().mountPath}/apikey/nobody/000000` };
      refused(
        await ask('POST', 'sys/leases/lookup', { token, body: nobody }),
        400,
        'invalid lease',
      );
      refused(
        await ask('POST', 'sys/leases/renew', { token, body: nobody }),
        400,
        'lease not found',
      );
      empty(await ask('POST', 'sys/leases/revoke', { token, body: nobody }));
      for (const call of ['lookup', 'renew', 'revoke']) {
        refused(await ask('POST', `sys/leases/${call}`, { token, body: {} }), 400, /lease_id/);
      }
      const queued = { token, body: { ...lease, sync: false } };
      const soon = await ask('POST', 'sys/leases/revoke', queued);
      assert.equal(soon.status, 202);
      await revokeAll(stage);
    },
  },
  {
    name: 'engine: who may not revoke is denied, and the end of the token ends the lease',
    needs: 'exoscale',
    async play(stage) {
      const { ask, root } = stage;
      const { mint, token } = await makeEngineRole(stage);
      const { body } = await mint();
      const lease = { lease_id: body.lease_id };
      refused(await ask('POST', 'sys/leases/revoke', { token, body: lease }), 403, /denied/);
      empty(await ask('POST', 'auth/token/revoke-self', { token }));
      await untilGone(stage, body.lease_id);
      refused(await ask('POST', 'sys/leases/lookup', { token: root, body: lease }), 400, /invalid/);
    },
  },
  {
    name: 'engine: a term that does not fit any more leaves the end where it was',
    needs: 'exoscale',
    async play(stage) {
      const { ask, root } = stage;
      const { mint, token } = await makeEngineRole(stage, { ttl: '10m', max_ttl: '10m' });
      const { body } = await mint();
      const lease = { lease_id: body.lease_id };
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const renewed = await ask('POST', 'sys/leases/renew', { token, body: lease });
      assert.equal(renewed.status, 200);
      assert.ok(renewed.body.lease_duration < 600);
      empty(await ask('POST', 'sys/leases/revoke', { token: root, body: lease }));
    },
  },
  {
    name: 'engine: a token with one use left gets no key',
    needs: 'exoscale',
    async play(stage) {
      const { mint } = await makeEngineRole(stage, {}, { token: { token_num_uses: 1 } });
      const reply = await mint();
      assert.match(reply.errors, /token had one use left/);
      refused(await mint(), 403, /permission denied/);
      await revokeAll(stage);
    },
  },
  {
    name: 'engine: a batch token’s lease ends with it at the latest, and only by name before',
    needs: 'exoscale',
    async play(stage) {
      const { ask, root } = stage;
      const token = { token_type: 'batch', token_ttl: '5m' };
      const { mint } = await makeEngineRole(stage, {}, { token });
      const { body } = await mint();
      assert.ok(body.lease_duration <= 300, String(body.lease_duration));
      const lease = { lease_id: body.lease_id };
      empty(await ask('POST', 'sys/leases/revoke', { token: root, body: lease }));
    },
  },
  {
    name: 'engine: a mint may be wrapped',
    needs: 'exoscale',
    async play(stage) {
      const { ask, root } = stage;
      const { token, path } = await makeEngineRole(stage);
      const { body } = await ask('GET', path, { token, wrapTtl: '60s' });
      const opened = await ask('POST', 'sys/wrapping/unwrap', { token: body.wrap_info.token });
      assert.match(opened.body.data.api_key, /^EXO/);
      const lease = { lease_id: opened.body.lease_id };
      empty(await ask('POST', 'sys/leases/revoke', { token: root, body: lease }));
    },
  },
];

/** Leases follow their token in Vault's own time. */
async function untilGone({ vault, root, signal }: Stage, leaseId: string): Promise<void> {
  const endsAtMs = performance.now() + 15_000;
  while (performance.now() < endsAtMs) {
    const { status } = await fetch(`${vault.address}/v1/sys/leases/lookup`, {
      method: 'POST',
      headers: { 'x-vault-token': root },
      body: JSON.stringify({ lease_id: leaseId }),
      signal,
    });
    if (status === 400) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new RangeError('The lease outlived its token by 15 s');
}
