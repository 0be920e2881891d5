import assert from 'node:assert/strict';
import { type ContractCase, empty, refused, type Stage } from '../contract-case.ts';
import type { Reply } from '../wire.ts';

type Body = Readonly<Record<string, unknown>>;

/** An AppRole in the stage's method; its role id. */
export async function makeRole(stage: Stage, name: string, fields: Body = {}): Promise<string> {
  const { root: token, appRole } = stage;
  await stage.must('POST', `auth/${appRole}/role/${name}`, { token, body: fields });
  const { body } = await stage.must('GET', `auth/${appRole}/role/${name}/role-id`, { token });
  return body.data.role_id;
}

export async function makeSecretId(stage: Stage, name: string, fields: Body = {}): Promise<string> {
  const { root: token, appRole } = stage;
  const path = `auth/${appRole}/role/${name}/secret-id`;
  return (await stage.must('POST', path, { token, body: fields })).body.data.secret_id;
}

async function logIn(
  stage: Stage,
  roleId: string | undefined,
  secretId: string | undefined,
): Promise<Reply> {
  const body = { role_id: roleId, secret_id: secretId };
  return await stage.ask('POST', `auth/${stage.appRole}/login`, { body });
}

/** A token that is logged in, with these fields of its role. */
export async function tokenOf(stage: Stage, name: string, fields: Body = {}): Promise<string> {
  const roleId = await makeRole(stage, name, fields);
  const reply = await logIn(stage, roleId, await makeSecretId(stage, name));
  assert.equal(reply.status, 200, reply.errors);
  return reply.body.auth.client_token;
}

const wrong = 'invalid role or secret ID';

export const appRoleCases: readonly ContractCase[] = [
  {
    name: 'AppRole: a role is written, read back, listed and removed',
    async play(stage) {
      const { ask, root: token, appRole } = stage;
      const path = `auth/${appRole}/role/whole`;
      const body = {
        token_policies: ['one', 'two'],
        token_type: 'service',
        token_ttl: '20m',
        token_max_ttl: 7200,
        secret_id_ttl: '5m',
        secret_id_num_uses: 1,
        secret_id_bound_cidrs: ['127.0.0.0/8'],
        token_bound_cidrs: ['127.0.0.0/8'],
      };
      empty(await ask('POST', path, { token, body }));
      const { data } = (await ask('GET', path, { token })).body;
      assert.deepEqual(data.token_policies, ['one', 'two']);
      assert.equal(data.token_ttl, 1200);
      assert.equal(data.secret_id_num_uses, 1);
      const list = await ask('GET', `auth/${appRole}/role?list=true`, { token });
      assert.deepEqual(list.body.data.keys, ['whole']);
      empty(await ask('DELETE', path, { token }));
      refused(await ask('GET', path, { token }), 404, '');
      refused(await ask('GET', `${path}/role-id`, { token }), 404, '');
      refused(await ask('GET', `auth/${appRole}/role?list=true`, { token }), 404, '');
    },
  },
  {
    name: 'AppRole: a role that makes no sense is refused',
    async play({ ask, root: token, appRole }) {
      const path = `auth/${appRole}/role/odd`;
      const odd = [
        { secret_id_num_uses: -1 },
        { token_ttl: '2h', token_max_ttl: '1h' },
        { token_type: 'odd' },
        { token_type: 'batch', token_num_uses: 3 },
        { bind_secret_id: false },
        { secret_id_bound_cidrs: ['nowhere'] },
        { token_ttl: 'soon' },
        { role_id: '' },
        { token_type: 'batch', token_period: 60 },
        { token_num_uses: -1 },
        { secret_id_ttl: -5 },
        { token_bound_cidrs: ['nowhere'] },
      ];
      for (const body of odd) {
        const { status } = await ask('POST', path, { token, body });
        assert.ok(status === 400 || status === 500, `${status} for ${JSON.stringify(body)}`);
      }
    },
  },
  {
    name: 'AppRole: a login answers with a service token and what it is',
    async play(stage) {
      const roleId = await makeRole(stage, 'plain', { token_policies: ['one'], token_ttl: '20m' });
      const metadata = JSON.stringify({ job: '4711' });
      const secretId = await makeSecretId(stage, 'plain', { metadata });
      const { status, body } = await logIn(stage, roleId, ` ${secretId}\n`);
      assert.equal(status, 200);
      assert.equal(body.auth.token_type, 'service');
      assert.equal(body.auth.lease_duration, 1200);
      assert.deepEqual(body.auth.policies, ['default', 'one']);
      assert.deepEqual(body.auth.metadata, { job: '4711', role_name: 'plain' });
      assert.equal(body.auth.mfa_requirement, null);
      assert.equal(body.data, null);
    },
  },
  {
    name: 'AppRole: one text for a wrong role, a wrong, used and destroyed secret id',
    async play(stage) {
      const { ask, root: token, appRole } = stage;
      const roleId = await makeRole(stage, 'once', { secret_id_num_uses: 1 });
      const secretId = await makeSecretId(stage, 'once');
      refused(await logIn(stage, `${roleId}x`, secretId), 400, wrong);
      refused(await logIn(stage, roleId, `${secretId}x`), 400, wrong);
      assert.equal((await logIn(stage, roleId, secretId)).status, 200);
      refused(await logIn(stage, roleId, secretId), 400, wrong);
      const destroyed = await makeSecretId(stage, 'once');
      const path = `auth/${appRole}/role/once/secret-id/destroy`;
      empty(await ask('POST', path, { token, body: { secret_id: destroyed } }));
      refused(await logIn(stage, roleId, destroyed), 400, wrong);
      refused(await logIn(stage, roleId, undefined), 400, 'missing secret_id');
      const nobody = [{}, { secret_id: secretId }, { role_id: ' ', secret_id: secretId }];
      for (const body of nobody) {
        const { status } = await ask('POST', `auth/${appRole}/login`, { body });
        assert.ok(status === 400 || status === 500, String(status));
      }
      const long = await logIn(stage, roleId, 'x'.repeat(4097));
      assert.ok(long.status >= 400);
    },
  },
  {
    name: 'AppRole: a login from an address that is not allowed is refused, and spends the use',
    async play(stage) {
      const bound = { secret_id_num_uses: 1, secret_id_bound_cidrs: ['10.1.2.3/32'] };
      const roleId = await makeRole(stage, 'bound', bound);
      const secretId = await makeSecretId(stage, 'bound');
      refused(await logIn(stage, roleId, secretId), 400, /unauthorized by CIDR restrictions/);
      refused(await logIn(stage, roleId, secretId), 400, wrong);
      const open = await makeRole(stage, 'half-bound', { secret_id_num_uses: 0 });
      const narrow = await makeSecretId(stage, 'half-bound', { cidr_list: '10.1.2.3/32' });
      refused(await logIn(stage, open, narrow), 400, /unauthorized/);
      refused(await logIn(stage, open, narrow), 400, /unauthorized/);
    },
  },
  {
    name: 'AppRole: a token that is bound to another address is denied everything',
    async play(stage) {
      const roleId = await makeRole(stage, 'elsewhere', { token_bound_cidrs: ['10.1.2.3/32'] });
      const secretId = await makeSecretId(stage, 'elsewhere');
      const reply = await logIn(stage, roleId, secretId);
      const token = reply.body.auth?.client_token;
      assert.ok(reply.status >= 400 || token !== undefined);
      if (token === undefined) return;
      refused(await stage.ask('GET', 'auth/token/lookup-self', { token }), 403, /denied/);
    },
  },
  {
    name: 'AppRole: a secret id may be stricter than its role, not looser',
    async play(stage) {
      const { ask, root: token, appRole } = stage;
      await makeRole(stage, 'strict', { secret_id_num_uses: 2, secret_id_ttl: '5m' });
      const path = `auth/${appRole}/role/strict/secret-id`;
      const made = await ask('POST', path, { token, body: { num_uses: 1, ttl: '60s' } });
      assert.deepEqual([made.body.data.secret_id_num_uses, made.body.data.secret_id_ttl], [1, 60]);
      refused(await ask('POST', path, { token, body: { num_uses: 3 } }), 400, /num_uses/);
      refused(await ask('POST', path, { token, body: { num_uses: 0 } }), 400, /num_uses/);
      refused(await ask('POST', path, { token, body: { ttl: '6m' } }), 400, /ttl/);
      refused(await ask('POST', path, { token, body: { ttl: 0 } }), 400, /ttl/);
      refused(await ask('POST', path, { token, body: { metadata: '{odd' } }), 400, /metadata/);
      const nowhere = await ask('POST', path, { token, body: { cidr_list: 'nowhere' } });
      assert.ok(nowhere.status >= 400);
      const pairs = await ask('POST', path, { token, body: { metadata: 'job=1,ref=main' } });
      assert.equal(pairs.status, 200);
      const object = await ask('POST', path, {
        token,
        body: { metadata: { job: 1 } },
        isQuiet: true,
      });
      assert.ok(object.status >= 400);
      const other = { token, body: { cidr_list: '10.1.2.3/32', token_bound_cidrs: '10.0.0.0/8' } };
      assert.equal((await ask('POST', path, other)).status, 200);
      refused(
        await ask('POST', `auth/${appRole}/role/nobody/secret-id`, { token, body: {} }),
        404,
        /role/,
      );
    },
  },
  {
    name: 'AppRole: secret ids are looked up by themselves and by their accessor',
    async play(stage) {
      const { ask, root: token, appRole } = stage;
      await makeRole(stage, 'looked', { secret_id_num_uses: 2, secret_id_ttl: '5m' });
      const path = `auth/${appRole}/role/looked/secret-id`;
      const made = await ask('POST', path, { token, body: { metadata: '{"job":"1"}' } });
      const { secret_id, secret_id_accessor } = made.body.data;
      const found = await ask('POST', `${path}/lookup`, { token, body: { secret_id } });
      assert.deepEqual(found.body.data.metadata, { job: '1' });
      assert.equal(found.body.data.secret_id_accessor, secret_id_accessor);
      empty(await ask('POST', `${path}/lookup`, { token, body: { secret_id: 'nobody' } }));
      const accessors = await ask('GET', `${path}?list=true`, { token });
      assert.deepEqual(accessors.body.data.keys, [secret_id_accessor]);
      const byAccessor = `${path}-accessor`;
      const body = { secret_id_accessor };
      assert.equal((await ask('POST', `${byAccessor}/lookup`, { token, body })).status, 200);
      const nobody = { secret_id_accessor: '00000000-0000-4000-8000-000000000000' };
      const unknown = await ask('POST', `${byAccessor}/lookup`, { token, body: nobody });
      assert.equal(unknown.status, 404);
      assert.match(JSON.stringify(unknown.body), /failed to find accessor entry/);
      empty(await ask('POST', `${byAccessor}/destroy`, { token, body }));
      const again = await ask('POST', `${byAccessor}/destroy`, { token, body });
      assert.ok(again.status >= 400);
      empty(await ask('POST', `${path}/destroy`, { token, body: { secret_id } }));
      const tidy = await ask('POST', `auth/${appRole}/tidy/secret-id`, { token });
      assert.equal(tidy.status, 202);
    },
  },
];
