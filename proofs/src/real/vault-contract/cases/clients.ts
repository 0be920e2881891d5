import assert from 'node:assert/strict';
import { mintApiKey } from '@exoship/exo-runner';
import { isKeyRefused } from '@exoship/exoscale-api';
import {
  type Credential,
  connectToVault,
  loginWithAppRole,
  loginWithJwt,
  type VaultErrorCode,
  type VaultSession,
} from '@exoship/vault-approle';
import { createIdTokens } from '../../../prove/credentials/id-tokens.ts';
import type { ContractCase, Stage } from '../contract-case.ts';
import { makeRole, makeSecretId } from './app-role.ts';
import { trust } from './jwt.ts';

const secret = (value: string) => ({ reveal: () => value });

async function logIn(stage: Stage, roleId: string, credential: Credential): Promise<VaultSession> {
  const { vault, appRole: mountPath, signal } = stage;
  return await loginWithAppRole({ address: vault.address, roleId, credential, mountPath, signal });
}

async function failsWith(code: VaultErrorCode, attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    return true;
  });
}

/** A token that may make secret ids of one role; `limits` are lines of its policy. */
async function brokerOf(stage: Stage, role: string, limits = ''): Promise<string> {
  const { must, root: token, prefix, appRole } = stage;
  const policy = `path "auth/${appRole}/role/${role}/secret-id" {
    capabilities = ["update"]
    ${limits}
  }`;
  const name = `${prefix}-broker`;
  await must('POST', `sys/policies/acl/${name}`, { token, body: { policy } });
  const body = { policies: [name], period: '24h', no_parent: true };
  return (await must('POST', 'auth/token/create', { token, body })).body.auth.client_token;
}

async function wrappedSecretId(stage: Stage, role: string, wrapTtl = '60s'): Promise<string> {
  const path = `auth/${stage.appRole}/role/${role}/secret-id`;
  const reply = await stage.must('POST', path, { token: stage.root, wrapTtl, body: {} });
  return reply.body.wrap_info.token;
}

export const clientCases: readonly ContractCase[] = [
  {
    name: 'clients: a broker’s token leads to a session, which is renewed and given back',
    async play(stage) {
      const roleId = await makeRole(stage, 'job', { token_ttl: '20m', secret_id_num_uses: 1 });
      const token = secret(await brokerOf(stage, 'job'));
      const metadata = { job: '4711' };
      const credential = { kind: 'broker', token, roleName: 'job', metadata } as const;
      await using session = await logIn(stage, roleId, credential);
      assert.deepEqual(session.policies, ['default']);
      const before = session.expiresAt;
      await session.renew({ incrementMs: 1_800_000 });
      assert.ok(session.expiresAt > before);
      const paths = ['auth/token/renew-self', 'sys/leases/revoke'];
      const may = await session.capabilities(paths);
      assert.deepEqual(may, { 'auth/token/renew-self': ['update'], 'sys/leases/revoke': ['deny'] });
      await session.revoke();
      await failsWith('session-ended', session.renew());
    },
  },
  {
    name: 'clients: forced wrapping is obeyed, and said where it is not asked for',
    async play(stage) {
      const roleId = await makeRole(stage, 'job', { secret_id_num_uses: 1 });
      const limits = 'min_wrapping_ttl = "1s"\n max_wrapping_ttl = "90s"';
      const broker = await brokerOf(stage, 'job', limits);
      const credential = { kind: 'broker', token: secret(broker), roleName: 'job' } as const;
      await failsWith('denied', logIn(stage, roleId, credential));
      await using session = await logIn(stage, roleId, { ...credential, wrapTtlMs: 60_000 });
      assert.match(session.accessor, /^\w{10,}/);
    },
  },
  {
    name: 'clients: a delivered secret id is good once',
    async play(stage) {
      const roleId = await makeRole(stage, 'job', { secret_id_num_uses: 1 });
      const secretId = secret(await makeSecretId(stage, 'job'));
      await using _session = await logIn(stage, roleId, { kind: 'secret-id', secretId });
      const again = logIn(stage, roleId, { kind: 'secret-id', secretId });
      await failsWith('invalid-credentials', again);
      const wrong = logIn(stage, 'nobody', { kind: 'secret-id', secretId });
      await failsWith('invalid-credentials', wrong);
    },
  },
  {
    name: 'clients: a wrapped secret id is opened, and its tampering noticed',
    async play(stage) {
      const roleId = await makeRole(stage, 'job', { secret_id_num_uses: 1 });
      await makeRole(stage, 'job-other', { secret_id_num_uses: 1 });
      const open = async (token: string, ttlMs = 60_000): Promise<VaultSession> =>
        await logIn(stage, roleId, {
          kind: 'wrapped-secret-id',
          token: secret(token),
          roleName: 'job',
          ttlMs,
        });
      const token = await wrappedSecretId(stage, 'job');
      await using _session = await open(token);
      await failsWith('intercepted', open(token));
      await failsWith('intercepted', open(await wrappedSecretId(stage, 'job-other')));
      await failsWith('intercepted', open(await wrappedSecretId(stage, 'job', '61s')));
      await failsWith('intercepted', open(`hvs.${'C'.repeat(90)}`));
      const planted = await stage.must('POST', 'sys/wrapping/wrap', {
        token: stage.root,
        wrapTtl: '60s',
        body: { secret_id: 'planted' },
      });
      await failsWith('intercepted', open(planted.body.wrap_info.token));
    },
  },
  {
    name: 'clients: a batch token is refused, with the reason',
    async play(stage) {
      const roleId = await makeRole(stage, 'job', { token_type: 'batch', token_ttl: '5m' });
      const secretId = secret(await makeSecretId(stage, 'job'));
      await failsWith('unsupported-token', logIn(stage, roleId, { kind: 'secret-id', secretId }));
    },
  },
  {
    name: 'clients: a JWT leads to a session, and only the right one',
    async play(stage) {
      const { vault, jwt: mountPath, signal } = stage;
      const issuer = createIdTokens();
      await trust(stage, issuer);
      const login = async (jwt: string): Promise<VaultSession> =>
        await loginWithJwt({
          address: vault.address,
          jwt: secret(jwt),
          role: 'deploy',
          mountPath,
          signal,
        });
      await using session = await login(issuer.issue());
      assert.ok(session.policies.includes('one'));
      await failsWith('invalid-credentials', login(issuer.issue({ ref_protected: 'false' })));
      await failsWith('invalid-credentials', login(createIdTokens().issue()));
    },
  },
  {
    name: 'clients: a connection looks around, and finds nothing where nothing is',
    async play({ vault, root, prefix, appRole }) {
      const { address } = vault;
      const connection = connectToVault({ address, token: secret(root) });
      const health = await connection.health();
      assert.equal(health.state, 'active');
      assert.equal(await connection.read(`sys/policies/acl/${prefix}-nothing`), undefined);
      assert.deepEqual(await connection.list(`auth/${appRole}/role`), []);
      await connection.write(`auth/${appRole}/role/one`, { token_ttl: 60 });
      assert.deepEqual(await connection.list(`auth/${appRole}/role`), ['one']);
      assert.deepEqual((await connection.lookupSelf()).policies, ['root']);
      const nobody = connectToVault({ address, token: secret(`hvs.${'A'.repeat(90)}`) });
      await failsWith('denied', nobody.lookupSelf());
    },
  },
  {
    name: 'clients: an API key is minted, renewed and revoked, with proof',
    needs: 'exoscale',
    async play(stage) {
      const { must, root: token, prefix } = stage;
      const { mountPath, iamRole, zone, endpoint } = stage.engine();
      const role = { 'iam-role': iamRole, ttl: '10m', max_ttl: '1h' };
      await must('POST', `${mountPath}/role/${prefix}`, { token, body: role });
      const policy = `path "${mountPath}/apikey/${prefix}" { capabilities = ["read"] }
        path "sys/leases/revoke" { capabilities = ["update"] }`;
      await must('POST', `sys/policies/acl/${prefix}-job`, { token, body: { policy } });
      const roleId = await makeRole(stage, 'job', { token_policies: [`${prefix}-job`] });
      const secretId = secret(await makeSecretId(stage, 'job'));
      await using session = await logIn(stage, roleId, { kind: 'secret-id', secretId });
      const apiKey = await mintApiKey(session, {
        role: prefix,
        mountPath,
        isRefused: async (credentials, options) =>
          await isKeyRefused(credentials, { zone, endpoint, path: '/instance-type', ...options }),
      });
      assert.match(apiKey.key, /^EXO/);
      await apiKey.renew();
      const { outcome, reason } = await apiKey.revoke();
      assert.equal(outcome, 'proven', reason);
      await failsWith('denied', session.read(`${mountPath}/apikey/${prefix}-other`));
    },
  },
];
