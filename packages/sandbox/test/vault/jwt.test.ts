import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type OpenVault, openVault } from './open-vault.ts';

const NOW_SECONDS = Date.parse('2026-03-01T08:00:00Z') / 1_000;
const CLAIMS = {
  iss: 'https://gitlab.example',
  sub: 'project_path:group/app:ref_type:branch:ref:main',
  aud: 'https://vault.example',
  iat: NOW_SECONDS,
  nbf: NOW_SECONDS - 5,
  exp: NOW_SECONDS + 300,
  project_id: '42',
  ref: 'main',
  ref_protected: 'true',
  job_id: '1001',
};

let privateKey: KeyObject;
let strangerKey: KeyObject;
let publicPem: string;
beforeAll(() => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  privateKey = pair.privateKey;
  publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  strangerKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
});

function jwtWith(
  claims: Readonly<Record<string, unknown>> = {},
  { key = privateKey, algorithm = 'RS256' } = {},
): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: algorithm, typ: 'JWT' })}.${encode({ ...CLAIMS, ...claims })}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

async function openJwtVault(role: Readonly<Record<string, unknown>> = {}): Promise<OpenVault> {
  const open = openVault();
  await open.must('POST auth/jwt/config', {
    body: { jwt_validation_pubkeys: [publicPem], bound_issuer: CLAIMS.iss },
  });
  await open.must('POST auth/jwt/role/ci', {
    body: {
      role_type: 'jwt',
      user_claim: 'project_id',
      bound_audiences: ['https://vault.example'],
      bound_claims: { project_id: '42', ref: ['main', 'release'] },
      claim_mappings: { job_id: 'job' },
      token_policies: 'ci-key',
      token_ttl: '20m',
      ...role,
    },
  });
  return open;
}

const logIn = (open: OpenVault, jwt: string, role = 'ci') =>
  open.call('POST auth/jwt/login', { token: '', body: { role, jwt } });

describe('auth/jwt/login', () => {
  test('answers with a token of the role', async () => {
    const open = await openJwtVault();
    const answer = await logIn(open, jwtWith());
    expect(answer.status).toBe(200);
    expect(answer.body.auth).toMatchObject({
      policies: ['ci-key', 'default'],
      metadata: { role: 'ci', job: '1001' },
      lease_duration: 1200,
      orphan: true,
    });
    const token = answer.body.auth.client_token;
    const looked = await open.must('GET auth/token/lookup-self', { token });
    expect(looked.body.data.display_name).toBe('jwt-42');
  });

  const expired = 'error validating token: invalid expiration time (exp) claim: token is expired';
  test.each([
    ['expired', { exp: NOW_SECONDS - 61 }, expired],
    [
      'from the future',
      { nbf: NOW_SECONDS + 61 },
      'error validating token: invalid not before (nbf) claim: token not yet valid',
    ],
    [
      'of another issuer',
      { iss: 'https://evil.example' },
      'error validating token: invalid issuer (iss) claim',
    ],
    [
      'for another audience',
      { aud: ['https://other.example'] },
      'error validating token: invalid audience (aud) claim: audience claim does not match any expected audience',
    ],
    [
      'of another project',
      { project_id: '43' },
      'error validating claims: claim "project_id" does not match any associated bound claim values',
    ],
    [
      'without a bound claim',
      { ref: undefined },
      'error validating claims: claim "ref" is missing',
    ],
    ['without a user', { project_id: undefined }, 'claim "project_id" not found in token'],
    [
      'without times',
      { exp: undefined, nbf: undefined, iat: undefined },
      'error validating token: no issued at (iat), not before (nbf), or expiration time (exp) claims in token',
    ],
  ])('refuses a token %s', async (_, claims, error) => {
    const answer = await logIn(await openJwtVault(), jwtWith(claims));
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test.each([
    [{ exp: NOW_SECONDS - 59 }],
    [{ nbf: NOW_SECONDS + 59 }],
    [{ exp: undefined, iat: NOW_SECONDS - 100, nbf: undefined }],
    [{ aud: ['https://other.example', 'https://vault.example'] }],
    [{ ref: 'release' }],
  ])('accepts %j within the leeways and bounds', async (claims) => {
    expect((await logIn(await openJwtVault(), jwtWith(claims))).status).toBe(200);
  });

  test('refuses a signature of an unknown key', async () => {
    const answer = await logIn(await openJwtVault(), jwtWith({}, { key: strangerKey }));
    expect(answer.body.errors).toEqual([
      'error validating token: error verifying token signature: no known key successfully validated the token signature',
    ]);
  });

  test.each([['none'], ['HS256']])('refuses the algorithm %s', async (algorithm) => {
    const answer = await logIn(await openJwtVault(), jwtWith({}, { algorithm }));
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toContain(
      'no known key successfully validated the token signature',
    );
  });

  test.each([
    ['', 'missing token'],
    [
      'nonsense',
      'error validating token: error verifying token signature: go-jose/go-jose: compact JWS format must have three parts',
    ],
    [
      'a.b.c',
      'error validating token: error verifying token signature: illegal base64 data at input byte 0',
    ],
  ])('refuses %j', async (jwt, error) => {
    const answer = await logIn(await openJwtVault(), jwt);
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test('refuses an unknown role, and any role before it is configured', async () => {
    const unknown = await logIn(await openJwtVault(), jwtWith(), 'none');
    expect(unknown.body.errors).toEqual(['role "none" could not be found']);
    const unconfigured = await logIn(openVault(), jwtWith());
    expect(unconfigured.body.errors).toEqual(['could not load configuration']);
  });

  test('refuses an audience when the role binds none', async () => {
    const open = await openJwtVault({ bound_audiences: [] });
    const answer = await logIn(open, jwtWith());
    expect(answer.body.errors).toEqual([
      'audience claim found in JWT but no audiences bound to the role',
    ]);
  });

  test('takes * in bound claims for anything when they are globs', async () => {
    const open = await openJwtVault({
      bound_claims_type: 'glob',
      bound_claims: { ref: 'release/*.x' },
    });
    expect((await logIn(open, jwtWith({ ref: 'release/2.x' }))).status).toBe(200);
    expect((await logIn(open, jwtWith({ ref: 'release/2x' }))).status).toBe(400);
  });
});

describe('auth/jwt/role', () => {
  test.each([
    [{ user_claim: '' }, 'a user claim must be defined on the role'],
    [
      { bound_audiences: [], bound_claims: {} },
      'must have at least one bound constraint when creating/updating a role',
    ],
    [{ bound_claims_type: 'regex' }, "invalid 'bound_claims_type': regex"],
    [{ role_type: 'oidc' }, 'the sandbox knows JWT roles only: "oidc"'],
  ])('refuses %j', async (change, error) => {
    const open = await openJwtVault();
    const answer = await open.call('POST auth/jwt/role/ci', { body: change });
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test('shows what was written', async () => {
    const open = await openJwtVault();
    expect((await open.must('GET auth/jwt/role/ci')).body.data).toMatchObject({
      role_type: 'jwt',
      bound_claims: { project_id: '42', ref: ['main', 'release'] },
      clock_skew_leeway: 0,
      expiration_leeway: 0,
      token_ttl: 1200,
    });
  });
});

describe('auth/jwt/config', () => {
  test.each([
    [
      { jwks_url: 'https://gitlab.example/keys' },
      "the sandbox fetches no keys: set 'jwt_validation_pubkeys', not 'jwks_url'",
    ],
    [{ jwt_validation_pubkeys: ['x'] }, 'error parsing public key: not a public key in PEM'],
  ])('refuses %j', async (body, error) => {
    const answer = await openVault().call('POST auth/jwt/config', { body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });
});
