import { createExoscale, isKeyRefused } from '@exoship/exoscale-api';
import { type ApiExchange, type Sandbox, startSandbox } from '@exoship/sandbox';
import type { RealCheck } from '../real-check.ts';
import { type PluginAnswer, startPluginHost } from './plugin-host.ts';

/** What a host says of a plugin that died in the middle of a call, by who notices it first. */
const PROCESS_GONE = /EOF|plugin is shut down|code = Unavailable/;

export interface PluginTrialOptions {
  /** Of the host that stands in for Vault. */
  readonly host: string;
  readonly plugin: string;
  readonly seed: number;
  readonly onApiCall: (exchange: ApiExchange) => void;
  readonly signal: AbortSignal;
}

interface Trial {
  readonly sandbox: Sandbox;
  ask(...request: Parameters<ReturnType<typeof startPluginHost>['ask']>): Promise<PluginAnswer>;
  /** Names of the API calls since the last time. */
  callsSince(): readonly string[];
  mint(): Promise<MintedKey>;
  isRefused(key: MintedKey): Promise<boolean>;
}

interface MintedKey {
  readonly lease: number;
  readonly name: string;
  readonly key: string;
  readonly secret: string;
  readonly ttlSeconds: number | undefined;
}

/** The plugin's own work against the sandbox, which it reaches by the cloud's real name, and its known faults. */
export async function tryPlugin(options: PluginTrialOptions): Promise<readonly RealCheck[]> {
  const calls: string[] = [];
  await using sandbox = await startSandbox({
    seed: options.seed,
    tls: true,
    onApiCall: (exchange) => {
      const { request, response } = exchange;
      calls.push(`${request.method} ${request.path} ${response.status}`);
      options.onApiCall(exchange);
    },
  });
  const { host: binary, plugin, signal } = options;
  const env = { ...sandbox.tls?.env, HOME: '/nonexistent', PATH: process.env.PATH ?? '' };
  const open = () => startPluginHost({ binary, plugin, env, signal });
  await using host = open();
  const trial: Trial = {
    sandbox,
    ask: host.ask,
    callsSince: () => calls.splice(0),
    mint: async () => readKey(await host.ask({ operation: 'read', path: 'apikey/ci' })),
    isRefused: ({ key, secret }) =>
      isKeyRefused(
        { key, secret: { reveal: () => secret } },
        { zone: sandbox.zone, endpoint: sandbox.apiEndpoint, path: '/instance-pool' },
      ),
  };
  return [
    ...(await setUp(trial)),
    ...(await work(trial)),
    await goneBehindItsBack(trial),
    await takenForGone(trial),
    await lostAnswer(trial),
    await pendingDelete(trial, open),
  ];
}

function readKey({ data = {}, lease = 0, ttlSeconds, error }: PluginAnswer): MintedKey {
  if (error !== undefined) throw new RangeError(`The plugin minted no key: ${error}`);
  const { name, api_key: key, api_secret: secret } = data as Record<string, string>;
  return { lease, name: String(name), key: String(key), secret: String(secret), ttlSeconds };
}

async function setUp({ sandbox, ask, callsSince }: Trial): Promise<readonly RealCheck[]> {
  const { key, secret } = sandbox.adminCredentials;
  const before = await ask({ operation: 'read', path: 'config/root' });
  const root = { root_api_key: key, root_api_secret: secret.reveal(), zone: sandbox.zone };
  const configured = await ask({ operation: 'update', path: 'config/root', data: root });
  const role = { 'iam-role': 'exoship-deploy', ttl: '10m', max_ttl: '1h' };
  const written = await ask({ operation: 'update', path: 'role/ci', data: role });
  const asked = callsSince();
  return [
    check('says that it is not configured', before.error?.includes('not configured') === true),
    check(
      'takes its root key, and finds the IAM role by name',
      configured.error === undefined &&
        written.error === undefined &&
        asked.join() === 'GET /v2/iam-role 200',
      asked.join(', '),
    ),
  ];
}

async function work(trial: Trial): Promise<readonly RealCheck[]> {
  const { ask, callsSince } = trial;
  const key = await trial.mint();
  const minting = callsSince();
  const works = await worksFor(trial, key);
  callsSince();
  const renewed = await ask({ operation: 'renew', lease: key.lease });
  const renewing = callsSince();
  const revoked = await ask({ operation: 'revoke', lease: key.lease });
  const revoking = callsSince();
  return [
    check(
      'mints a key of the role, leased for the role’s ttl',
      /^vault-ci-token-\d+$/.test(key.name) && key.ttlSeconds === 600 && works,
      `${key.name.replace(/\d+$/, '…')}, ${key.ttlSeconds} s, ${minting.join(', ')}`,
    ),
    check(
      'renews the lease without a call',
      renewed.ttlSeconds === 600 && renewing.length === 0,
      `${renewed.ttlSeconds} s`,
    ),
    check(
      'revokes it: the key is refused from then on',
      revoked.error === undefined && (await trial.isRefused(key)),
      revoking.join(', ').replace(key.key, '{key}'),
    ),
  ];
}

async function worksFor({ sandbox }: Trial, { key, secret }: MintedKey): Promise<boolean> {
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => ({ key, secret: { reveal: () => secret } }),
  });
  return (await exoscale.quotas.get('instance')).limit > 0;
}

async function goneBehindItsBack({ sandbox, ask, mint }: Trial): Promise<RealCheck> {
  const { key, lease } = await mint();
  sandbox.cloud.iam.deleteKey(key);
  const errors = [
    (await ask({ operation: 'revoke', lease })).error,
    (await ask({ operation: 'revoke', lease })).error,
  ];
  return fact(
    'a DELETE answered 404 leaves the lease stuck, however often it is revoked',
    errors.every((error) => error?.includes('resource not found')),
    errors[0]?.split(': ').at(-1),
  );
}

async function takenForGone(trial: Trial): Promise<RealCheck> {
  const { sandbox, ask, mint } = trial;
  const key = await mint();
  sandbox.cloud.faults.add({
    kind: 'status',
    status: 400,
    message: 'API Key not in organization',
    match: { operation: 'delete-api-key' },
  });
  const { error } = await ask({ operation: 'revoke', lease: key.lease });
  const isAlive = !(await trial.isRefused(key));
  sandbox.cloud.iam.deleteKey(key.key);
  return fact(
    '“API Key not in organization” is believed: the lease is gone, whatever became of the key',
    error === undefined && isAlive,
    `error: ${error ?? 'none'}, key alive: ${isAlive}`,
  );
}

async function lostAnswer({ sandbox, ask, mint }: Trial): Promise<RealCheck> {
  const { iam, faults } = sandbox.cloud;
  const before = iam.countKeys().live;
  faults.add({ kind: 'transport', fault: 'cut-after', match: { operation: 'create-api-key' } });
  const { lease } = await mint();
  await ask({ operation: 'revoke', lease });
  const leaked = iam.countKeys().live - before;
  return fact(
    'an answer lost after a create leaks a key that no lease knows, since POST is repeated',
    leaked === 1,
    `${leaked} key left after its lease was revoked`,
  );
}

/** In a process of its own, which does not survive it. */
async function pendingDelete(
  trial: Trial,
  open: () => ReturnType<typeof startPluginHost>,
): Promise<RealCheck> {
  const { sandbox } = trial;
  await using host = open();
  const { key, secret } = sandbox.adminCredentials;
  const root = { root_api_key: key, root_api_secret: secret.reveal(), zone: sandbox.zone };
  await host.ask({ operation: 'update', path: 'config/root', data: root });
  const role = { 'iam-role': 'exoship-deploy', ttl: '10m' };
  await host.ask({ operation: 'update', path: 'role/ci', data: role });
  const minted = readKey(await host.ask({ operation: 'read', path: 'apikey/ci' }));
  const match = { operation: 'delete-api-key' };
  sandbox.cloud.faults.add({ kind: 'operation-failure', state: 'pending', match });
  const { error = 'none' } = await host.ask({ operation: 'revoke', lease: minted.lease });
  const after = await host.ask({ operation: 'read', path: 'config/root' });
  const isAlive = !(await trial.isRefused(minted));
  sandbox.cloud.iam.deleteKey(minted.key);
  return fact(
    'a DELETE answered “pending” makes the plugin panic: its process is gone, and the key lives on',
    PROCESS_GONE.test(error) && after.error !== undefined && isAlive,
    error,
  );
}

function check(what: string, holds: boolean, seen = ''): RealCheck {
  return { what, holds, seen };
}

function fact(what: string, holds: boolean, seen = ''): RealCheck {
  return { what: `known fault: ${what}`, holds, seen };
}
