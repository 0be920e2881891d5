import { generateKeyPairSync, sign } from 'node:crypto';
import type { VaultConnection } from '@exoship/vault-approle';

/** A GitLab, as far as Vault is concerned: something that signs a token for each job. */
export interface IdTokens {
  readonly publicKey: string;
  /** Of a job on a protected branch; `claims` change it. */
  issue(claims?: Readonly<Record<string, unknown>>): string;
}

const audience = 'https://vault.example.com';

export function createIdTokens(): IdTokens {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    issue(claims = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const all = {
        iss: 'https://gitlab.example.com',
        aud: audience,
        sub: 'project_path:group/hello:ref_type:branch:ref:main',
        project_path: 'group/hello',
        ref: 'main',
        ref_protected: 'true',
        iat: now,
        nbf: now - 5,
        exp: now + 300,
        ...claims,
      };
      const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(all)}`;
      return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
  };
}

/** Lets jobs on protected branches log in with their tokens, in one role per stage. */
export async function trustIdTokens(root: VaultConnection, { publicKey }: IdTokens): Promise<void> {
  await root.write('auth/jwt/config', {
    jwt_validation_pubkeys: [publicKey],
    bound_issuer: 'https://gitlab.example.com',
  });
  for (const stage of ['build', 'test', 'deploy']) {
    await root.write(`auth/jwt/role/gitlab-ci-runner-${stage}`, {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: [audience],
      bound_claims: { project_path: 'group/hello', ref_protected: 'true' },
      token_policies: ['exoscale-create-apikey'],
      token_ttl: '20m',
      token_max_ttl: '2h',
    });
  }
}
