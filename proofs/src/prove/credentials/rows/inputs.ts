import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { deliverSecretId } from '../as-root.ts';
import type { Group, Row } from '../row.ts';
import { plainJob } from '../row.ts';
import type { Env, World } from '../world.ts';

const withEnv = (env: Env) => async (): Promise<Env> => env;
const brokerIn = (from: string) => `{ kind: broker, from: '${from}' }`;

/** A job whose broker token has been changed on its way. */
const token = (
  name: string,
  change: (token: string) => string,
  exitCode: number,
  says?: RegExp,
): Row => ({
  name: `broker token ${name}`,
  arrange: async ({ sandbox }) => ({ VAULT_TOKEN: change(sandbox.brokerToken.reveal()) }),
  exitCode,
  ...(says && { says }),
});

const tokenFile = (
  name: string,
  row: Omit<Row, 'name' | 'arrange'>,
  put: (world: World) => Promise<unknown>,
): Row => ({
  name: `token file ${name}`,
  arrange: async (world) => {
    await put(world);
    return { ...(await world.configure(brokerIn('file:token'))), VAULT_TOKEN: undefined };
  },
  ...row,
});

const config = (
  name: string,
  change: (text: string) => string,
  exitCode = 2,
  says?: RegExp,
): Row => ({
  name,
  arrange: async (world) => await world.configure(undefined, change),
  exitCode,
  ...(says && { says }),
});

const address = (name: string, change: (origin: string) => string, exitCode: number): Row => ({
  name: `VAULT_ADDR ${name}`,
  arrange: async ({ tap }) => ({ VAULT_ADDR: change(tap.origin) }),
  exitCode,
});

const rows: readonly Row[] = [
  token('that is missing', () => '', 2, /VAULT_TOKEN is not set/),
  token('that is blank', () => ' ', 2),
  token('with a line break at its end', (text) => `${text}\n`, 0),
  token('with CRLF at its end', (text) => `${text}\r\n`, 0),
  token('with a line break in it', (text) => `${text}\nx`, 2),
  token('with what cannot be printed', (text) => `${text}\u0007`, 2),
  token('of other letters', (text) => `${text}ä`, 2),
  token('of more than 4096 bytes', (text) => text.repeat(200), 2),
  token('that nobody issued', () => 'hvs.nobody-knows-this-one-at-all', 10, /broker token/),
  { name: 'role id that is missing', arrange: withEnv({ VAULT_ROLE_ID: '' }), exitCode: 2 },
  { name: 'role id that is blank', arrange: withEnv({ VAULT_ROLE_ID: ' ' }), exitCode: 2 },
  { name: 'role id with a line break', arrange: withEnv({ VAULT_ROLE_ID: 'x\n' }), exitCode: 2 },
  {
    name: 'role id of more than 4096 bytes',
    arrange: withEnv({ VAULT_ROLE_ID: 'x'.repeat(5_000) }),
    exitCode: 2,
  },
  { name: 'VAULT_ADDR that is missing', arrange: withEnv({ VAULT_ADDR: '' }), exitCode: 2 },
  address('without a scheme', (origin) => origin.replace('http://', ''), 2),
  address('of a remote host over http', () => 'http://vault.example.com:8200', 2),
  address('with credentials', (origin) => origin.replace('http://', 'http://user:word@'), 2),
  address('with a path', (origin) => `${origin}/v1`, 2),
  address('with a query', (origin) => `${origin}/?x=1`, 2),
  address('with a slash at its end', (origin) => `${origin}/`, 0),
  ...['..', 'a/b', 'a?b', 'a#b', 'a%2fb'].map((name) =>
    config(`AppRole named "${name}"`, (text) => text.replace(/appRole: .*/, `appRole: '${name}'`)),
  ),
  ...['..', 'a/b', 'a?b', 'a#b', 'a%2fb', 'a b'].map((name) =>
    config(`engine role named "${name}"`, (text) =>
      text.replace('test: exoship-test', `test: '${name}'`),
    ),
  ),
  ...['../x', 'x?y', 'a//b'].map((name) =>
    config(`mount at "${name}"`, (text) =>
      text.replace(/( +)appRole:/, `$1mounts: { approle: '${name}' }\n$1appRole:`),
    ),
  ),
  {
    name: 'mount that is nested',
    arrange: async (world) => {
      const { root } = world;
      await root.write('sys/auth/teams/blue', { type: 'approle' });
      await root.write('auth/teams/blue/role/gitlab-ci-runner', {
        token_policies: ['exoscale-create-apikey'],
      });
      await root.write('sys/policies/acl/gitlab-ci-runner-secrets', {
        policy:
          'path "auth/teams/blue/role/gitlab-ci-runner/secret-id" { capabilities = ["update"] }',
      });
      const found = await root.read('auth/teams/blue/role/gitlab-ci-runner/role-id');
      const env = await world.configure(undefined, (text) =>
        text.replace(/( +)appRole:/, '$1mounts: { approle: teams/blue }\n$1appRole:'),
      );
      return { ...env, VAULT_ROLE_ID: String(found?.role_id) };
    },
    exitCode: 0,
  },
  ...['0s', '-1s', '5 m', '1e9', '1500ms'].map((ttl) =>
    config(`TTL of "${ttl}"`, (text) =>
      text.replace(/( +)appRole:/, `$1login: { kind: broker, wrapTtl: '${ttl}' }\n$1appRole:`),
    ),
  ),
  config('unknown option of the login', (text) =>
    text.replace(/( +)appRole:/, '$1login: { kind: broker, ttl: 5m }\n$1appRole:'),
  ),
  config('secret itself in the file', (text) =>
    text.replace(/( +)appRole:/, '$1login: { kind: broker, from: hvs.1234 }\n$1appRole:'),
  ),
  {
    name: 'secret as a flag',
    argv: ['exec', '--secret-id=0123456789abcdef', '--', 'true'],
    exitCode: 2,
    says: /unknown option/,
    saysNot: /is not set/,
  },
  {
    name: 'both a broker token and a secret id',
    arrange: async (world) => ({ VAULT_SECRET_ID: await deliverSecretId(world) }),
    exitCode: 0,
  },
  tokenFile('that is missing', { exitCode: 2, says: /ENOENT/ }, async () => undefined),
  tokenFile(
    'that is a folder',
    { exitCode: 2, says: /EISDIR|cannot be read/ },
    async ({ folder }) => spawnSync('mkdir', [join(folder, 'token')]),
  ),
  tokenFile(
    'that others may read',
    { exitCode: 0, says: /others may read/ },
    async (world) => await world.file('token', world.sandbox.brokerToken.reveal(), 0o644),
  ),
  tokenFile(
    'that is huge',
    { exitCode: 2, says: /too large/ },
    async (world) => await world.file('token', 'x'.repeat(1_000_000)),
  ),
  tokenFile(
    'with a NUL in it',
    { exitCode: 2 },
    async (world) => await world.file('token', 'a\0b'),
  ),
  {
    name: 'token by stdin',
    arrange: async (world) => ({
      ...(await world.configure(brokerIn('stdin'))),
      VAULT_TOKEN: undefined,
    }),
    stdin: async ({ sandbox }) => `${sandbox.brokerToken.reveal()}\n`,
    exitCode: 0,
  },
  {
    name: 'nothing on stdin',
    arrange: async (world) => ({
      ...(await world.configure(brokerIn('stdin'))),
      VAULT_TOKEN: undefined,
    }),
    exitCode: 2,
    says: /stdin is empty/,
  },
  {
    name: 'NODE_DEBUG, by which Node prints headers',
    arrange: withEnv({ NODE_DEBUG: 'http' }),
    exitCode: 2,
    says: /NODE_DEBUG prints tokens/,
  },
  {
    name: 'secret of the key, printed by the command in four encodings',
    argv: [
      ...plainJob.slice(0, -1),
      'sh',
      '-c',
      'printenv EXOSCALE_API_SECRET; printenv EXOSCALE_API_SECRET | base64; printf "x%s" "$EXOSCALE_API_SECRET" | base64 -w0; printf "%s" "$EXOSCALE_API_SECRET" | head -c 20; printf "%s" "$EXOSCALE_API_SECRET" | tail -c +21; env >&2',
    ],
    exitCode: 0,
    says: /EXOSCALE_API_SECRET=\[redacted\]/,
  },
];

/** Somebody else writes it while the job reads: nothing of it is ever on a disk. */
const fifo: Row = {
  name: 'broker token that comes through a FIFO',
  arrange: async (world) => {
    const path = join(world.folder, 'fifo');
    spawnSync('mkfifo', ['-m', '600', path]);
    const writer = spawn('sh', ['-c', 'cat > "$0"', path], { stdio: ['pipe', 'ignore', 'ignore'] });
    writer.stdin.end(world.sandbox.brokerToken.reveal());
    world.use({ [Symbol.asyncDispose]: async () => void writer.kill() });
    const env = await world.configure(`{ kind: broker, from: 'file:${path}' }`);
    return { ...env, VAULT_TOKEN: undefined };
  },
  exitCode: 0,
};

const endless: Row = {
  name: 'broker token in a file without an end',
  arrange: async (world) => {
    const env = await world.configure("{ kind: broker, from: 'file:/dev/zero' }");
    return { ...env, VAULT_TOKEN: undefined };
  },
  exitCode: 2,
  says: /too large/,
};

export const inputs: Group = {
  name: 'inputs',
  rows: [...rows, fifo, endless],
  skipped: [{ name: 'environment variable with NUL', why: 'the kernel does not pass one' }],
};
