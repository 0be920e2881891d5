import assert from 'node:assert/strict';
import { type ContractCase, empty, refused } from '../contract-case.ts';
import { tokenOf } from './app-role.ts';

export const systemCases: readonly ContractCase[] = [
  {
    name: 'system: health tells version, seal and time to anybody',
    async play({ ask }) {
      const { status, body } = await ask('GET', 'sys/health');
      assert.equal(status, 200);
      assert.equal(body.sealed, false);
      assert.ok(Math.abs(body.server_time_utc - Date.now() / 1_000) < 60);
    },
  },
  {
    name: 'system: policies are written, read, listed and removed',
    async play({ ask, root: token, prefix }) {
      const path = `sys/policies/acl/${prefix}-policy`;
      const policy = 'path "secret/*" { capabilities = ["read"] }';
      empty(await ask('POST', path, { token, body: { policy } }));
      assert.equal((await ask('GET', path, { token })).body.data.policy, policy);
      refused(await ask('POST', path, { token, body: {} }), 400, /policy/);
      const broken = { policy: 'path "x" { capabilities' };
      const odd = await ask('POST', path, { token, body: broken, isQuiet: true });
      assert.equal(odd.status, 400);
      const unknown = await ask('POST', path, {
        token,
        body: { policy: 'path "x" { capabilities = ["fly"] }' },
      });
      refused(unknown, 400, /fly/);
      empty(await ask('DELETE', path, { token }));
      refused(await ask('GET', path, { token }), 404, '');
    },
  },
  {
    name: 'system: what a token may do is told path by path',
    async play(stage) {
      const { ask, root, prefix } = stage;
      const policy = `path "exoscale/apikey/${prefix}" { capabilities = ["read"] }
        path "exoscale/apikey/+/deep" { capabilities = ["read", "update"] }
        path "exoscale/denied*" { capabilities = ["deny"] }
        path "exoscale/*" { capabilities = ["list"] }`;
      const body = { policy };
      await ask('POST', `sys/policies/acl/${prefix}-seen`, { token: root, body });
      const token = await tokenOf(stage, 'seen', { token_policies: [`${prefix}-seen`] });
      const paths = [
        `exoscale/apikey/${prefix}`,
        'exoscale/apikey/one/deep',
        'exoscale/denied/more',
        'exoscale/other',
        'sys/leases/revoke',
        'sys/leases/renew',
        'auth/token/revoke-self',
      ];
      const { data } = (await ask('POST', 'sys/capabilities-self', { token, body: { paths } }))
        .body;
      assert.deepEqual(
        paths.map((path) => data[path].join()),
        ['read', 'read,update', 'deny', 'list', 'deny', 'update', 'update'],
      );
      const one = await ask('POST', 'sys/capabilities-self', {
        token,
        body: { path: 'exoscale/other' },
      });
      assert.deepEqual(one.body.capabilities ?? one.body.data.capabilities, ['list']);
      const rooted = { token: root, body: { paths: ['exoscale/other'] } };
      const asRoot = await ask('POST', 'sys/capabilities-self', rooted);
      assert.deepEqual(asRoot.body.data['exoscale/other'], ['root']);
      refused(await ask('POST', 'sys/capabilities-self', { token, body: {} }), 400, /path/);
    },
  },
  {
    name: 'system: paths that do not exist, methods that do not fit, bodies that are no JSON',
    async play({ ask, root: token, appRole }) {
      refused(await ask('GET', 'exoship/nowhere', { token }), 404, /no handler for route/);
      const nowhere = await ask('GET', `auth/${appRole}/nowhere`, { token });
      assert.equal(nowhere.status, 404);
      const method = await ask('DELETE', `auth/${appRole}/login`, { token });
      assert.ok(method.status === 405 || method.status === 500, String(method.status));
      const read = await ask('GET', `auth/${appRole}/login`);
      assert.ok(read.status >= 400);
      for (const rawBody of ['{"role_id":', '[1]', 'role_id=1']) {
        const odd = await ask('POST', `auth/${appRole}/login`, { rawBody });
        assert.ok(odd.status === 400 || odd.status === 500, String(odd.status));
      }
    },
  },
  {
    name: 'system: mounts are made once, and found in their table',
    async play({ ask, root: token, appRole }) {
      const again = await ask('POST', `sys/auth/${appRole}`, { token, body: { type: 'approle' } });
      refused(again, 400, /path is already in use/);
      const odd = await ask('POST', `sys/auth/${appRole}-odd`, { token, body: { type: 'odd' } });
      assert.equal(odd.status, 400);
      const { data } = (await ask('GET', 'sys/auth', { token, isQuiet: true })).body;
      assert.equal(data[`${appRole}/`].type, 'approle');
    },
  },
];
