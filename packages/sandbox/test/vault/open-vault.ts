import { createVault, type Vault, type VaultOptions } from '../../src/vault/vault.ts';
import { createManualScheduler, type ManualScheduler } from './manual-scheduler.ts';
import { createMemoryIssuer, type MemoryIssuer } from './memory-issuer.ts';

// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever came over the wire; tests say what they expect.
type Json = any;

interface Answer {
  readonly status: number;
  /** Undefined when the body is empty. */
  readonly body: Json;
  readonly text: string;
}

interface CallOptions {
  /** @default the root token; '' sends none */
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
}

/** A Vault to be tested through its handler alone. */
export interface OpenVault {
  readonly vault: Vault;
  readonly scheduler: ManualScheduler;
  readonly issuer: MemoryIssuer;
  /** `call('POST auth/approle/login', { body })` */
  readonly call: (line: string, options?: CallOptions) => Promise<Answer>;
  /** As `call`, but only success will do. */
  readonly must: (line: string, options?: CallOptions) => Promise<Answer>;
  /** Writes a policy and makes a token with it. */
  readonly tokenWith: (rules: string, draft?: Readonly<Record<string, unknown>>) => Promise<string>;
}

export function openVault(options: Partial<VaultOptions> = {}): OpenVault {
  const scheduler = createManualScheduler();
  const issuer = createMemoryIssuer();
  const vault = createVault({ scheduler, issuer, seed: 'test', ...options });
  let policies = 0;

  const call: OpenVault['call'] = async (line, { token, body, headers, from } = {}) => {
    const [method = '', target = ''] = line.split(' ');
    const [path = '', query = ''] = target.split('?');
    const response = await vault.handler({
      method,
      path: `/v1/${path}`,
      query,
      headers: { 'x-vault-token': token ?? vault.rootToken.reveal(), ...headers },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      ...(from === undefined ? {} : { remoteAddress: from }),
    });
    const text = Buffer.from(response.body).toString('utf8');
    const isJson = response.headers['content-type'] === 'application/json';
    return { status: response.status, text, body: isJson && text ? JSON.parse(text) : undefined };
  };
  const must: OpenVault['must'] = async (line, callOptions) => {
    const answer = await call(line, callOptions);
    if (answer.status >= 300) throw new TypeError(`${line}: ${answer.status} ${answer.text}`);
    return answer;
  };

  return {
    vault,
    scheduler,
    issuer,
    call,
    must,
    async tokenWith(rules, draft = {}) {
      policies += 1;
      const name = `test-${policies}`;
      await must(`PUT sys/policies/acl/${name}`, { body: { policy: rules } });
      const created = await must('POST auth/token/create', {
        body: { policies: [name], ...draft },
      });
      return created.body.auth.client_token;
    },
  };
}

/** …with the AppRole and the engine of a pipeline. */
export interface PipelineVault extends OpenVault {
  readonly roleId: string;
  readonly secretId: () => Promise<string>;
  /** A fresh token of the role. */
  readonly logIn: () => Promise<string>;
}

export async function openPipelineVault(
  role: Readonly<Record<string, unknown>> = {},
  options: Partial<VaultOptions> = {},
): Promise<PipelineVault> {
  const open = openVault(options);
  const { must } = open;
  await must('PUT sys/policies/acl/ci-key', {
    body: {
      policy: `path "exoscale/apikey/ci" { capabilities = ["read"] }
               path "sys/leases/revoke" { capabilities = ["update"] }`,
    },
  });
  await must('POST exoscale/config/root', {
    body: { root_api_key: 'EXOroot', root_api_secret: 'root-secret' },
  });
  await must('POST exoscale/role/ci', { body: { 'iam-role': 'ci', ttl: '15m', max_ttl: '1h' } });
  await must('POST auth/approle/role/ci', {
    body: { token_policies: 'ci-key', token_ttl: '20m', token_max_ttl: '30m', ...role },
  });
  const roleId = (await must('GET auth/approle/role/ci/role-id')).body.data.role_id;
  const secretId = async (): Promise<string> =>
    (await must('POST auth/approle/role/ci/secret-id')).body.data.secret_id;
  const logIn = async (): Promise<string> => {
    const body = { role_id: roleId, secret_id: await secretId() };
    return (await must('POST auth/approle/login', { body, token: '' })).body.auth.client_token;
  };
  return { ...open, roleId, secretId, logIn };
}
