import assert from 'node:assert/strict';
import { createIdTokens, type IdTokens } from '../../../prove/credentials/id-tokens.ts';
import { type ContractCase, empty, refused, type Stage } from '../contract-case.ts';
import type { Reply } from '../wire.ts';

const audience = 'https://vault.example.com';

/** A JWT method that believes the issuer, with one role. */
export async function trust(
  { ask, root: token, jwt }: Stage,
  { publicKey }: IdTokens,
  role: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const config = {
    jwt_validation_pubkeys: [publicKey],
    bound_issuer: 'https://gitlab.example.com',
  };
  const configured = await ask('POST', `auth/${jwt}/config`, { token, body: config });
  assert.ok(configured.status < 300, configured.errors);
  const body = {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: [audience],
    bound_claims: { project_path: 'group/hello', ref_protected: 'true' },
    token_policies: ['one'],
    token_ttl: '20m',
    ...role,
  };
  const written = await ask('POST', `auth/${jwt}/role/deploy`, { token, body });
  assert.ok(written.status < 300, written.errors);
}

async function logIn({ ask, jwt: method }: Stage, jwt: unknown, role = 'deploy'): Promise<Reply> {
  return await ask('POST', `auth/${method}/login`, { body: { role, jwt } });
}

export const jwtCases: readonly ContractCase[] = [
  {
    name: 'JWT: a job on a protected branch logs in',
    async play(stage) {
      const issuer = createIdTokens();
      assert.equal((await logIn(stage, issuer.issue())).status, 400);
      await trust(stage, issuer);
      const { status, body } = await logIn(stage, issuer.issue());
      assert.equal(status, 200);
      assert.deepEqual(body.auth.policies, ['default', 'one']);
      assert.equal(body.auth.lease_duration, 1200);
      assert.equal(body.auth.token_type, 'service');
      const token = body.auth.client_token;
      empty(await stage.ask('POST', 'auth/token/revoke-self', { token }));
    },
  },
  {
    name: 'JWT: another audience, issuer, project, branch, time or signature is refused',
    async play(stage) {
      const issuer = createIdTokens();
      await trust(stage, issuer);
      const now = Math.floor(Date.now() / 1_000);
      const refusals = [
        { aud: 'https://elsewhere.example.com' },
        { iss: 'https://elsewhere.example.com' },
        { project_path: 'group/other' },
        { project_path: undefined },
        { ref_protected: 'false' },
        { exp: now - 3600, nbf: now - 7200, iat: now - 7200 },
        { nbf: now + 3600 },
        { sub: undefined },
      ];
      for (const claims of refusals) {
        const { status } = await logIn(stage, issuer.issue(claims));
        assert.ok(status === 400 || status === 403, `${status} for ${JSON.stringify(claims)}`);
      }
      refused(await logIn(stage, createIdTokens().issue()), 400, /error validating token/);
      refused(await logIn(stage, 'odd'), 400, /token/);
      const header = (alg: string) => Buffer.from(JSON.stringify({ alg })).toString('base64url');
      const [, claims = '', signature = ''] = issuer.issue().split('.');
      for (const alg of ['none', 'HS256']) {
        const { status } = await logIn(stage, [header(alg), claims, signature].join('.'));
        assert.equal(status, 400);
      }
      refused(await logIn(stage, 'a.b.c'), 400, /token/);
      refused(await logIn(stage, ''), 400, 'missing token');
      refused(await logIn(stage, issuer.issue(), 'nobody'), 400, /could not be found/);
      refused(await logIn(stage, issuer.issue(), ''), 400, /missing role/);
    },
  },
  {
    name: 'JWT: a role without anything that binds it is refused',
    async play({ ask, root: token, jwt }) {
      const role = `auth/${jwt}/role/odd`;
      const odd = [
        { role_type: 'jwt', user_claim: 'sub' },
        { role_type: 'jwt', bound_audiences: [audience] },
        {
          role_type: 'jwt',
          user_claim: 'sub',
          bound_claims: { ref: 'a*' },
          bound_claims_type: 'x',
        },
      ];
      for (const body of odd) {
        const { status } = await ask('POST', role, { token, body });
        assert.ok(status === 400 || status === 500, `${status} for ${JSON.stringify(body)}`);
      }
      refused(await ask('GET', role, { token }), 404, '');
    },
  },
  {
    name: 'JWT: claims may be bound by patterns, and become metadata',
    async play(stage) {
      const issuer = createIdTokens();
      await trust(stage, issuer, {
        bound_claims: { ref: ['release/*', 'main'] },
        bound_claims_type: 'glob',
        claim_mappings: { project_path: 'project' },
      });
      const { body } = await logIn(stage, issuer.issue({ ref: 'release/2026' }));
      assert.equal(body.auth.metadata.project, 'group/hello');
      assert.equal((await logIn(stage, issuer.issue({ ref: 'topic' }))).status, 400);
      const { data } = (
        await stage.ask('GET', `auth/${stage.jwt}/role/deploy`, { token: stage.root })
      ).body;
      assert.equal(data.user_claim, 'sub');
    },
  },
];
