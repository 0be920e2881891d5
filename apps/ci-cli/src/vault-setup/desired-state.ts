import type { Settings } from '../config/settings.ts';
import { jwtRoleOf } from '../credentials/choose-identity.ts';
import { brokerPolicy, jobPolicy } from './policies.ts';

/** Something that Vault should hold at a path. */
export interface Desired {
  readonly path: string;
  /** As it is written; durations in seconds, so that it can be compared with what Vault tells. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly why: string;
  /** Names of fields that Vault tells under another name. */
  readonly toldAs?: Readonly<Record<string, string>>;
  /** A mount is made once and found in this table. */
  readonly mountedIn?: 'sys/mounts' | 'sys/auth';
}

export interface SetupOptions {
  readonly keyTtlSeconds: number;
  readonly keyMaxTtlSeconds: number;
  readonly tokenMaxTtlSeconds: number;
  /** Issuer, audience and project of the JWTs; absent: no JWT method is set up. */
  readonly jwt?:
    | { readonly issuer: string; readonly audience: string; readonly project: string }
    | undefined;
}

const stages = ['build', 'test', 'deploy'] as const;

/**
 * What a Vault needs for the pipeline: the engine's roles, one policy per stage, the AppRole with short lives and single
 * use, and the policy of a broker. Roles for JWTs are added when it is known who signs them.
 */
export function desiredState(settings: Settings, options: SetupOptions): readonly Desired[] {
  const { vault } = settings;
  const { appRole, mounts, roles } = vault;
  return [
    mount('sys/mounts', mounts.exoscale, 'exoscale', 'The engine that makes API keys'),
    mount('sys/auth', mounts.approle, 'approle', 'How jobs log in with a secret id'),
    ...stages.map((stage) => engineRole(mounts.exoscale, roles[stage], stage, options)),
    ...stages.map((stage) => ({
      path: `sys/policies/acl/${jwtRoleOf({ appRole, stage })}`,
      body: { policy: jobPolicy(mounts.exoscale, [roles[stage]]) },
      why: `What a job of stage ${stage} may do`,
    })),
    {
      path: `auth/${mounts.approle}/role/${appRole}`,
      body: {
        token_policies: stages.map((stage) => jwtRoleOf({ appRole, stage })),
        token_type: 'service',
        token_ttl: 1_200,
        token_max_ttl: options.tokenMaxTtlSeconds,
        secret_id_ttl: 300,
        secret_id_num_uses: 1,
      },
      why: 'The AppRole of the pipeline: a secret id is good for one login within five minutes',
    },
    {
      path: `sys/policies/acl/${appRole}-broker`,
      body: { policy: brokerPolicy(vault) },
      why: 'What the token in the CI variable may do, and nothing else',
    },
    ...jwtState(settings, options),
  ];
}

function engineRole(
  mountPath: string,
  role: string,
  stage: string,
  { keyTtlSeconds, keyMaxTtlSeconds }: SetupOptions,
): Desired {
  return {
    path: `${mountPath}/role/${role}`,
    body: { 'iam-role': role, ttl: keyTtlSeconds, max_ttl: keyMaxTtlSeconds, renewable: true },
    toldAs: { 'iam-role': 'iam-role-name' },
    why: `Keys for stage ${stage}, of the IAM role with the same name`,
  };
}

function jwtState({ vault }: Settings, { jwt, tokenMaxTtlSeconds }: SetupOptions): Desired[] {
  if (jwt === undefined) return [];
  const method = vault.login.kind === 'jwt' ? vault.login.mount : 'jwt';
  return [
    mount('sys/auth', method, 'jwt', 'How jobs log in with what GitLab signs for them'),
    {
      path: `auth/${method}/config`,
      body: { oidc_discovery_url: jwt.issuer, bound_issuer: jwt.issuer },
      why: 'Whose signatures count',
    },
    ...stages.map((stage) => {
      const role = jwtRoleOf({ appRole: vault.appRole, stage });
      const isDeploy = stage === 'deploy';
      return {
        path: `auth/${method}/role/${role}`,
        body: {
          role_type: 'jwt',
          user_claim: 'sub',
          bound_audiences: [jwt.audience],
          bound_claims: {
            project_path: jwt.project,
            ...(isDeploy && { ref_protected: 'true' }),
          },
          token_policies: [role],
          token_type: 'service',
          token_ttl: 1_200,
          token_max_ttl: tokenMaxTtlSeconds,
        },
        why: `Jobs of stage ${stage}${isDeploy ? ', on protected branches and tags only' : ''}`,
      };
    }),
  ];
}

function mount(table: 'sys/mounts' | 'sys/auth', at: string, type: string, why: string): Desired {
  return { path: `${table}/${at}`, body: { type }, why, mountedIn: table };
}
