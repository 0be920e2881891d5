import assert from 'node:assert/strict';
import { type ContractCase, empty, refused, type Stage } from '../contract-case.ts';
import { makeRole, tokenOf } from './app-role.ts';

const self = 'auth/token/lookup-self';

async function child(stage: Stage, body: object): Promise<string> {
  const reply = await stage.must('POST', 'auth/token/create', { token: stage.root, body });
  return reply.body.auth.client_token;
}

export const tokenCases: readonly ContractCase[] = [
  {
    name: 'tokens: one looks itself up, is renewed, revoked, and denied from then on',
    async play(stage) {
      const { ask } = stage;
      const token = await tokenOf(stage, 'life', { token_ttl: '20m', token_max_ttl: '1h' });
      const { data } = (await ask('GET', self, { token })).body;
      assert.equal(data.type, 'service');
      assert.equal(data.renewable, true);
      const renewed = await ask('POST', 'auth/token/renew-self', { token, body: {} });
      assert.equal(renewed.body.auth.lease_duration, 1200);
      const more = { token, body: { increment: '30m' } };
      assert.equal(
        (await ask('POST', 'auth/token/renew-self', more)).body.auth.lease_duration,
        1800,
      );
      const tooMuch = await ask('POST', 'auth/token/renew-self', {
        token,
        body: { increment: '2h' },
      });
      assert.ok(tooMuch.body.auth.lease_duration <= 3600);
      assert.match(tooMuch.body.warnings[0], /exceeded the effective max_ttl/);
      assert.equal((await ask('GET', self, { token })).status, 200);
      empty(await ask('POST', 'auth/token/revoke-self', { token }));
      refused(await ask('GET', self, { token }), 403, /permission denied/);
      refused(await ask('POST', 'auth/token/revoke-self', { token }), 403, /permission denied/);
    },
  },
  {
    name: 'tokens: nobody, a forged and a misplaced token are denied alike',
    async play({ ask }) {
      refused(await ask('GET', self), 403, /permission denied/);
      refused(await ask('GET', self, { token: 'odd' }), 403, /permission denied/);
      const forged = `hvs.${'A'.repeat(90)}`;
      refused(await ask('GET', self, { token: forged }), 403, /permission denied/);
      refused(await ask('GET', 'exoship/nowhere', { token: forged }), 403, /permission denied/);
    },
  },
  {
    name: 'tokens: a batch token can neither be renewed nor revoked',
    async play(stage) {
      const { ask } = stage;
      const token = await tokenOf(stage, 'batch', { token_type: 'batch', token_ttl: '20m' });
      assert.match(token, /^hvb\./);
      const { data } = (await ask('GET', self, { token })).body;
      assert.equal(data.type, 'batch');
      assert.equal(data.accessor, '');
      refused(await ask('POST', 'auth/token/renew-self', { token }), 400, /batch tokens cannot be/);
      refused(await ask('POST', 'auth/token/revoke-self', { token }), 400, /batch tokens cannot/);
    },
  },
  {
    name: 'tokens: every call of a token with limited uses counts, refused ones too',
    async play(stage) {
      const { ask } = stage;
      const token = await tokenOf(stage, 'three', { token_num_uses: 3, token_ttl: '20m' });
      assert.equal((await ask('GET', self, { token })).body.data.num_uses, 2);
      refused(await ask('GET', 'sys/policies/acl/default', { token }), 403, /permission denied/);
      assert.equal((await ask('GET', self, { token })).status, 200);
      refused(await ask('GET', self, { token }), 403, /permission denied/);
    },
  },
  {
    name: 'tokens: a periodic one is renewed to its period, and a fixed one not at all',
    async play(stage) {
      const { ask } = stage;
      const token = await child(stage, { period: '24h', no_parent: true, display_name: 'broker' });
      const { data } = (await ask('GET', self, { token })).body;
      assert.equal(data.period, 86_400);
      assert.equal(data.orphan, true);
      const renewed = await ask('POST', 'auth/token/renew-self', { token, body: {} });
      assert.equal(renewed.body.auth.lease_duration, 86_400);
      empty(await ask('POST', 'auth/token/revoke-self', { token }));
      const odd = { token: stage.root, body: { ttl: 'soon' } };
      assert.equal((await ask('POST', 'auth/token/create', odd)).status, 400);
      const fixed = await child(stage, { renewable: false, ttl: '5m' });
      refused(
        await ask('POST', 'auth/token/renew-self', { token: fixed, body: {} }),
        400,
        'lease is not renewable',
      );
      empty(await ask('POST', 'auth/token/revoke', { token: stage.root, body: { token: fixed } }));
    },
  },
  {
    name: 'tokens: one without the default policy may not even look at itself',
    async play(stage) {
      const { ask } = stage;
      const token = await tokenOf(stage, 'bare', {
        token_no_default_policy: true,
        token_policies: [`${stage.prefix}-none`],
      });
      refused(await ask('GET', self, { token }), 403, /permission denied/);
      refused(await ask('POST', 'auth/token/revoke-self', { token }), 403, /permission denied/);
      const accessor = (
        await ask('POST', 'auth/token/lookup', { token: stage.root, body: { token } })
      ).body.data.accessor;
      empty(
        await ask('POST', 'auth/token/revoke-accessor', { token: stage.root, body: { accessor } }),
      );
      const gone = await ask('POST', 'auth/token/revoke-accessor', {
        token: stage.root,
        body: { accessor },
      });
      assert.ok(gone.status === 200 || gone.status >= 400);
    },
  },
  {
    name: 'tokens: a child may have less than its parent, and dies with it',
    async play(stage) {
      const { ask } = stage;
      const parent = await child(stage, { policies: ['default'], ttl: '10m' });
      const create = { token: parent, body: { policies: ['other'] } };
      const denied = await ask('POST', 'auth/token/create', create);
      assert.ok(denied.status === 400 || denied.status === 403);
      const lookup = await ask('POST', 'auth/token/lookup', {
        token: stage.root,
        body: { token: 'nobody' },
      });
      refused(lookup, 403, /bad token/);
      empty(await ask('POST', 'auth/token/revoke-self', { token: parent }));
    },
  },
  {
    name: 'tokens: a role that went away takes the renewal with it',
    async play(stage) {
      const { ask, root, appRole } = stage;
      const token = await tokenOf(stage, 'gone', { token_ttl: '10m' });
      empty(await ask('DELETE', `auth/${appRole}/role/gone`, { token: root }));
      const renewed = await ask('POST', 'auth/token/renew-self', { token, body: {} });
      assert.ok(renewed.status >= 400, String(renewed.status));
      empty(await ask('POST', 'auth/token/revoke-self', { token }));
      await makeRole(stage, 'gone');
    },
  },
];
