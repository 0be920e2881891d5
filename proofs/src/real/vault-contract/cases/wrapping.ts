import assert from 'node:assert/strict';
import { type ContractCase, empty, refused, type Stage } from '../contract-case.ts';
import type { Reply } from '../wire.ts';
import { makeRole } from './app-role.ts';

const invalid = 'wrapping token is not valid or does not exist';
const lookup = 'sys/wrapping/lookup';
const unwrap = 'sys/wrapping/unwrap';

async function wrapped(stage: Stage, ttl = '60s', token = stage.root): Promise<Reply> {
  const path = `auth/${stage.appRole}/role/wrapped/secret-id`;
  return await stage.ask('POST', path, { token, wrapTtl: ttl, body: {} });
}

async function wrappingToken(stage: Stage): Promise<string> {
  await makeRole(stage, 'wrapped', { secret_id_num_uses: 1 });
  return (await wrapped(stage)).body.wrap_info.token;
}

export const wrappingCases: readonly ContractCase[] = [
  {
    name: 'wrapping: a secret id is wrapped, looked at without using it up, and opened once',
    async play(stage) {
      const { ask } = stage;
      await makeRole(stage, 'wrapped', { secret_id_num_uses: 1 });
      const { status, body } = await wrapped(stage);
      assert.equal(status, 200);
      assert.equal(body.data, null);
      const { token, creation_path: path, ttl, wrapped_accessor: accessor } = body.wrap_info;
      assert.equal(path, `auth/${stage.appRole}/role/wrapped/secret-id`);
      assert.equal(ttl, 60);
      assert.match(accessor, /-/);
      for (let time = 0; time < 2; time += 1) {
        const { data } = (await ask('POST', lookup, { body: { token } })).body;
        assert.equal(data.creation_path, path);
        assert.equal(data.creation_ttl, 60);
      }
      const opened = await ask('POST', unwrap, { token });
      assert.match(opened.body.data.secret_id, /-/);
      refused(await ask('POST', unwrap, { token }), 400, invalid);
      refused(await ask('POST', lookup, { body: { token } }), 400, invalid);
    },
  },
  {
    name: 'wrapping: somebody else may open it by name',
    async play(stage) {
      const token = await wrappingToken(stage);
      const opened = await stage.ask('POST', unwrap, { token: stage.root, body: { token } });
      assert.match(opened.body.data.secret_id, /-/);
      refused(
        await stage.ask('POST', unwrap, { token: stage.root, body: { token } }),
        400,
        invalid,
      );
    },
  },
  {
    name: 'wrapping: forged, malformed, empty and ordinary tokens are no wrapping tokens',
    async play(stage) {
      const { ask, root } = stage;
      for (const token of [`hvs.${'C'.repeat(90)}`, 'odd', root]) {
        refused(await ask('POST', lookup, { body: { token } }), 400, invalid);
        refused(await ask('POST', unwrap, { token }), 400, invalid);
      }
      for (const body of [{ token: '' }, { token: 7 }, {}]) {
        const { status } = await ask('POST', lookup, { body });
        assert.ok(status === 400 || status === 403, String(status));
      }
      const jwt = 'eyJhbGciOiJFUzUxMiJ9.eyJ0eXBlIjoid3JhcHBpbmcifQ.AAAA';
      const { status } = await ask('POST', unwrap, { token: jwt });
      assert.ok(status === 400 || status === 403, String(status));
    },
  },
  {
    name: 'wrapping: a rewrapped token keeps the path it was made by, and the old one is used up',
    async play(stage) {
      const { ask } = stage;
      const token = await wrappingToken(stage);
      refused(await ask('POST', 'sys/wrapping/rewrap', { token }), 403, /permission denied/);
      const other = await wrappingToken(stage);
      const rewrap = { token: stage.root, body: { token: other } };
      const again = await ask('POST', 'sys/wrapping/rewrap', rewrap);
      const { data } = (await ask('POST', lookup, { body: { token: again.body.wrap_info.token } }))
        .body;
      assert.equal(data.creation_path, `auth/${stage.appRole}/role/wrapped/secret-id`);
      refused(await ask('POST', unwrap, { token: other }), 400, invalid);
      assert.equal((await ask('POST', unwrap, { token: again.body.wrap_info.token })).status, 200);
    },
  },
  {
    name: 'wrapping: what somebody wraps by hand says that it was',
    async play({ ask, root }) {
      const body = { secret_id: 'planted' };
      const forged = await ask('POST', 'sys/wrapping/wrap', { token: root, wrapTtl: '60s', body });
      const { token } = forged.body.wrap_info;
      const { data } = (await ask('POST', lookup, { body: { token } })).body;
      assert.equal(data.creation_path, 'sys/wrapping/wrap');
      assert.deepEqual((await ask('POST', unwrap, { token })).body.data, body);
      const without = await ask('POST', 'sys/wrapping/wrap', { token: root, body });
      refused(without, 400, /wrapping/);
    },
  },
  {
    name: 'wrapping: a policy may demand it, and limit how long',
    async play(stage) {
      const { ask, root, prefix, appRole } = stage;
      const path = `auth/${appRole}/role/wrapped/secret-id`;
      await makeRole(stage, 'wrapped', { secret_id_num_uses: 1 });
      const policy = `path "${path}" {
        capabilities = ["update"]
        min_wrapping_ttl = "1s"
        max_wrapping_ttl = "90s"
      }`;
      const name = `${prefix}-broker`;
      empty(await ask('POST', `sys/policies/acl/${name}`, { token: root, body: { policy } }));
      const create = { token: root, body: { policies: [name], period: '1h', no_parent: true } };
      const token = (await ask('POST', 'auth/token/create', create)).body.auth.client_token;
      refused(await ask('POST', path, { token, body: {} }), 403, /permission denied/);
      refused(await wrapped(stage, '91s', token), 403, /permission denied/);
      assert.equal((await wrapped(stage, '90s', token)).status, 200);
      assert.equal((await wrapped(stage, '90', token)).body.wrap_info.ttl, 90);
      const odd = await wrapped(stage, 'soon', token);
      assert.ok(odd.status >= 400);
      refused(await ask('GET', `auth/${appRole}/role/wrapped`, { token }), 403, /denied/);
      empty(await ask('POST', 'auth/token/revoke-self', { token }));
    },
  },
  {
    name: 'wrapping: also a login',
    async play(stage) {
      const { ask, root, appRole } = stage;
      const roleId = await makeRole(stage, 'wrapped', { secret_id_num_uses: 1 });
      const path = `auth/${appRole}/role/wrapped/secret-id`;
      const made = await ask('POST', path, { token: root, body: {} });
      const { body } = await ask('POST', `auth/${appRole}/login`, {
        wrapTtl: '60s',
        body: { role_id: roleId, secret_id: made.body.data.secret_id },
      });
      assert.equal(body.auth, null);
      const opened = await ask('POST', unwrap, { token: body.wrap_info.token });
      assert.match(opened.body.auth.client_token, /^hvs\./);
    },
  },
];
