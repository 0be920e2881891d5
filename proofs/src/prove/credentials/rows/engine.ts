import { changeAppRole, changePolicy } from '../as-root.ts';
import type { Group, Row } from '../row.ts';
import { plainJob } from '../row.ts';
import type { World } from '../world.ts';

const mint = 'exoscale/apikey/*';
const revoke = 'sys/leases/revoke';

const brokenRevocation = { kind: 'status', status: 500, errors: ['internal error'] } as const;

const rows: readonly Row[] = [
  {
    name: 'engine role that is not there',
    arrange: async (world) =>
      await world.configure(undefined, (text) =>
        text.replace('test: exoship-test', 'test: exoship-nobody'),
      ),
    exitCode: 10,
    says: /exoship-nobody/,
  },
  {
    name: 'engine without a root key',
    arrange: async (world) => {
      await world.root.write('sys/mounts/bare', { type: 'exoscale' });
      await changePolicy(
        world,
        'exoscale-create-apikey',
        'path "bare/apikey/*" { capabilities = ["read"] }',
      );
      return await world.configure(undefined, (text) =>
        text.replace(/( +)appRole:/, '$1mounts: { exoscale: bare }\n$1appRole:'),
      );
    },
    exitCode: 10,
  },
  {
    name: 'cloud that cannot make a key',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({
        backend: 'create-key',
        times: 9,
        message: 'giving up after 5 attempt(s)',
      }),
    exitCode: 10,
    says: /failed to create api key/,
  },
  {
    name: 'mint whose answer is lost',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({ path: mint, effect: { kind: 'cut', at: 'after' } }),
    exitCode: 0,
  },
  {
    name: 'mint whose answer is cut in the middle',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({ path: mint, effect: { kind: 'cut', at: 'body' } }),
    exitCode: 0,
  },
  {
    name: 'mint that answers no key, though it made one',
    arrange: async ({ sandbox }) => {
      const body = '{"lease_id":"","lease_duration":0,"data":{"api_key":"EXO1"}}';
      sandbox.vault.inject({ path: mint, effect: { kind: 'content', body, isLate: true } });
    },
    exitCode: 11,
  },
  {
    name: 'command that does not start',
    argv: [...plainJob.slice(0, -1), 'no-such-program'],
    exitCode: 125,
  },
  {
    name: 'cloud that cannot delete the key at first',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({ backend: 'delete-key', times: 2, message: 'try again' }),
    exitCode: 0,
    says: /revoked, proven/,
  },
  {
    name: 'cloud that never deletes the key',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({ backend: 'delete-key', times: 999, message: 'not now' }),
    exitCode: 18,
    says: /cleanup failed.*ends by itself at/,
    leaves: true,
  },
  {
    name: 'policy that does not allow to revoke leases',
    arrange: async (world) =>
      await changePolicy(
        world,
        'exoscale-create-apikey',
        'path "exoscale/apikey/exoship-test" { capabilities = ["read"] }',
      ),
    exitCode: 18,
    says: /sys\/leases\/revoke/,
  },
  {
    name: '5xx at the revocation',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({
        path: revoke,
        times: 2,
        effect: { kind: 'status', status: 503 },
      }),
    exitCode: 0,
  },
  {
    name: 'Vault that seals before the cleanup',
    arrange: async ({ sandbox }) => {
      sandbox.vault.inject({ path: 'sys/leases/*', times: 999, effect: { kind: 'sealed' } });
      sandbox.vault.inject({
        path: 'auth/token/revoke-self',
        times: 999,
        effect: { kind: 'sealed' },
      });
    },
    exitCode: 18,
    says: /ends by itself at/,
    leaves: true,
  },
  {
    name: 'Vault that goes silent before the cleanup',
    arrange: async ({ sandbox }) => {
      sandbox.vault.inject({ path: 'sys/leases/*', times: 999, effect: { kind: 'stall' } });
      sandbox.vault.inject({
        path: 'auth/token/revoke-self',
        times: 999,
        effect: { kind: 'stall' },
      });
    },
    exitCode: 18,
    leaves: true,
  },
  {
    name: 'answer to the revocation that is lost',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({ path: revoke, effect: { kind: 'cut', at: 'after' } }),
    exitCode: 0,
    says: /revoked, proven/,
  },
  {
    name: 'answer to the token’s revocation that is lost',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({
        path: 'auth/token/revoke-self',
        effect: { kind: 'cut', at: 'after' },
      }),
    exitCode: 0,
  },
  ...[0, 1, 127, 137].map(
    (code): Row => ({
      name: `command that exits ${code}`,
      argv: [...plainJob.slice(0, -1), 'sh', '-c', `exit ${code}`],
      exitCode: code,
      says: /revoked, proven/,
    }),
  ),
  ...(['TERM', 'KILL', 'INT'] as const).map(
    (signal): Row => ({
      name: `command that SIG${signal} ends`,
      argv: [...plainJob.slice(0, -1), 'sh', '-c', `kill -${signal} $$; sleep 5`],
      exitCode: { TERM: 143, KILL: 137, INT: 130 }[signal],
      says: /revoked, proven/,
    }),
  ),
  {
    name: 'command that leaves a grandchild',
    argv: [...plainJob.slice(0, -1), 'sh', '-c', 'sleep 600 & exit 0'],
    exitCode: 0,
    says: /revoked, proven/,
  },
  {
    name: 'command that fails while the revocation fails too',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({ backend: 'delete-key', times: 999, message: 'not now' }),
    argv: [...plainJob.slice(0, -1), 'sh', '-c', 'exit 7'],
    exitCode: 7,
    says: /cleanup failed/,
    leaves: true,
  },
  {
    name: 'ids of a failed cleanup are those of the audit log',
    arrange: async ({ sandbox }) =>
      void sandbox.vault.inject({
        path: 'auth/token/revoke-self',
        times: 999,
        effect: brokenRevocation,
      }),
    exitCode: 18,
    leaves: true,
    check: ({ sandbox }, { stderr }) => {
      const accessor = /accessor ([\w-]+)/.exec(stderr)?.[1];
      const alive = sandbox.vault.snapshot().tokens.some((token) => token.accessor === accessor);
      return alive ? undefined : `names accessor ${accessor}, which is not that of the token`;
    },
  },
];

const during = (script: string): readonly string[] => [
  ...plainJob.slice(0, -1),
  'sh',
  '-c',
  script,
];

const mints = ({ tap }: World): number =>
  tap.exchanges.filter(({ call }) => call.startsWith('GET /v1/exoscale/apikey/')).length;

const signalled: readonly Row[] = [
  ...(['TERM', 'INT', 'HUP'] as const).map((signal, index) => ({
    name: `SIG${signal} while the command runs`,
    argv: during(`kill -${signal} $PPID; sleep 30`),
    exitCode: [143, 130, 129][index] ?? 0,
    says: /revoked, proven/,
  })),
  {
    name: 'SIGKILL while the command runs: key and token end by themselves',
    arrange: async (world) => {
      const fields = { 'iam-role': 'exoship-test', ttl: '2s', max_ttl: '1h' };
      await world.root.write('exoscale/role/exoship-test', fields);
      await changeAppRole(world, { token_ttl: '2s', token_max_ttl: '1h' });
    },
    argv: during('sleep 3; kill -KILL $PPID; sleep 30'),
    exitCode: 137,
  },
  {
    name: 'command that ignores SIGTERM',
    argv: during('trap "" TERM; kill -TERM $PPID; sleep 30'),
    exitCode: 143,
    says: /revoked, proven/,
  },
  {
    name: 'two keys in one job',
    argv: ['sweep'],
    exitCode: 0,
    check: (world) => (mints(world) === 2 ? undefined : `${mints(world)} keys were minted`),
  },
];

export const engine: Group = {
  name: 'engine and exit paths',
  rows: [...rows, ...signalled],
  skipped: [
    {
      name: 'SIGTERM, SIGINT and SIGKILL at any moment, double SIGINT',
      why: 'a moment has to be drawn and hit: pnpm prove signals does, with the same assertions',
    },
    {
      name: 'closed pipe of the parent',
      why: 'here the log is read to its end: packages/exo-runner/test/run-with-key.test.ts closes it',
    },
  ],
};
