import { createExoscale } from '@exoship/exoscale-api';
import { expect, test, vi } from 'vitest';
import { asRoot, changePolicy } from '../src/prove/credentials/as-root.ts';
import { type JobEnd, runJob } from '../src/prove/credentials/run-job.ts';
import { sweep } from '../src/prove/credentials/run-row.ts';
import { type Env, openWorld, type World } from '../src/prove/credentials/world.ts';

vi.setConfig({ testTimeout: 60_000 });

async function run(world: World, argv: readonly string[], env: Env = {}): Promise<JobEnd> {
  const end = await runJob(argv, {
    env: world.env(env),
    cwd: world.folder,
    temporary: world.temporary,
  });
  expect(sweep(world.tap.secrets, end)).toEqual([]);
  return end;
}

/** `vault setup` works with an administrator's token. */
function asAdmin({ sandbox, tap }: World): Env {
  const token = sandbox.vault.rootToken.reveal();
  tap.secrets.set(token, 'root token');
  return { VAULT_TOKEN: token };
}

test('vault setup says what is missing, puts it there, and finds nothing to do afterwards', async () => {
  await using world = await openWorld(3);
  const admin = asAdmin(world);
  const plan = await run(world, ['vault', 'setup'], admin);
  expect(plan.exitCode, plan.stderr).toBe(0);
  expect(plan.stderr).toMatch(/create sys\/policies\/acl\/gitlab-ci-runner-deploy: What a job/);
  expect(plan.stderr).toMatch(/same +sys\/mounts\/exoscale/);
  expect(plan.stderr).toMatch(/update auth\/approle\/role\/gitlab-ci-runner \(token_policies/);
  expect(plan.stderr).toMatch(/to change: say --apply/);
  expect(await world.root.read('sys/policies/acl/gitlab-ci-runner-deploy')).toBeUndefined();

  const applied = await run(world, ['vault', 'setup', '--apply'], admin);
  expect(applied.exitCode, applied.stderr).toBe(0);
  const again = await run(world, ['vault', 'setup'], admin);
  expect(again.stderr).toMatch(/Vault is set up as it should be/);

  // What it has set up is enough for a job.
  const job = await run(world, ['exec', '--stage', 'deploy', '--for', '40m', '--', 'true']);
  expect(job.exitCode, job.stderr).toBe(0);
  expect(job.stderr).not.toMatch(/nobody knows/);
});

test('vault setup --print needs no Vault, and shows forced wrapping and bound branches', async () => {
  await using world = await openWorld(3);
  const config = await world.configure('{ kind: broker, wrapTtl: 60s }');
  const argv = ['vault', 'setup', '--print', '--jwt-issuer', 'https://gitlab.example.com'].concat(
    '--jwt-audience',
    'https://vault.example.com',
    '--jwt-project',
    'group/hello',
  );
  const nowhere = { ...config, VAULT_ADDR: undefined, VAULT_TOKEN: undefined };
  const { exitCode, stdout, stderr } = await run(world, argv, nowhere);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/vault policy write gitlab-ci-runner-broker/);
  expect(stdout).toMatch(/min_wrapping_ttl = "1s"\n {2}max_wrapping_ttl = "60s"/);
  expect(stdout.match(/ref_protected/g)).toHaveLength(1);
  expect(world.tap.exchanges).toEqual([]);
  expect((await run(world, argv.slice(0, 5), nowhere)).exitCode).toBe(2);
});

test('doctor finds nothing wrong where nothing is, and gives its tokens back', async () => {
  await using world = await openWorld(3);
  const { exitCode, stderr } = await run(world, ['doctor']);
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toMatch(/ok {4}vault: Vault \S+ is active/);
  expect(stderr).toMatch(/ok {4}broker token: ends at .* stored credential/);
  expect(stderr).toMatch(/ok {4}deploy policy: may get keys of exoship-deploy/);
  expect(stderr).toMatch(/warn {2}build engine role: .*cannot be looked at: denied/);
  const { tokens, leases } = world.sandbox.vault.snapshot();
  expect(tokens.filter(({ path }) => path.endsWith('/login'))).toEqual([]);
  expect(leases).toEqual([]);
});

test.each<[string, (world: World) => Promise<Env | undefined>, RegExp]>([
  [
    'nobody who answers',
    async () => ({ VAULT_ADDR: 'http://127.0.0.1:1' }),
    /fail {2}vault: .*ECONNREFUSED/,
  ],
  [
    'a sealed Vault',
    async ({ sandbox }) => {
      sandbox.vault.inject({ times: 99, effect: { kind: 'sealed' } });
      return undefined;
    },
    /fail {2}vault: .*sealed\n.*→ Unseal it/,
  ],
  [
    'a broker that may not do its work',
    async (world) => {
      await changePolicy(world, 'gitlab-ci-runner-secrets', 'path "x" { capabilities = ["read"] }');
      return undefined;
    },
    /fail {2}broker policy: may not write "auth\/approle\/role\/gitlab-ci-runner\/secret-id"/,
  ],
  [
    'a policy without the engine',
    async (world) => {
      await changePolicy(world, 'exoscale-create-apikey', 'path "x" { capabilities = ["read"] }');
      return undefined;
    },
    /fail {2}test policy: may not read "exoscale\/apikey\/exoship-test"[\s\S]*warn {2}test policy: may not update "sys\/leases\/revoke"/,
  ],
  [
    'a wrong role id',
    async () => ({ VAULT_ROLE_ID: 'nobody' }),
    /fail {2}build login: .*invalid role/,
  ],
  [
    'no identity at all',
    async () => ({ VAULT_TOKEN: undefined }),
    /fail {2}build identity: VAULT_TOKEN is not set/,
  ],
])('doctor says how to mend %s, with exit code 3', async (_what, arrange, says) => {
  await using world = await openWorld(3);
  const { exitCode, stderr } = await run(world, ['doctor'], await arrange(world));
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(/→/);
  expect(exitCode, stderr).toBe(3);
});

test('doctor warns of a broker that may do too much, and of one that lives for ever', async () => {
  await using world = await openWorld(3);
  const warned = await run(world, ['doctor'], asAdmin(world));
  expect(warned.stderr).toMatch(/warn {2}broker token: never ends/);
  expect(warned.stderr).toMatch(
    /warn {2}broker policy: may do more than it needs: exoscale\/apikey/,
  );
});

test('keys audit finds what no lease can know, deletes it when told to, and nothing else', async () => {
  await using world = await openWorld(3);
  const { sandbox } = world;
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
  });
  const rule = "operation in ['list-api-keys', 'delete-api-key', 'get-operation']";
  const services = { iam: { type: 'rules', rules: [{ action: 'allow', expression: rule }] } };
  const roleBody = { name: 'auditor', policy: { 'default-service-strategy': 'deny', services } };
  await exoscale.request({ method: 'POST', path: '/iam-role', body: roleBody });
  await asRoot(world, 'exoscale/role/auditor', { 'iam-role': 'auditor', ttl: '5m' });
  await changePolicy(
    world,
    'exoscale-create-apikey',
    'path "exoscale/apikey/auditor" { capabilities = ["read"] }\npath "sys/leases/revoke" { capabilities = ["update"] }',
  );
  const day = 86_400_000;
  const { id } = sandbox.cloud.issuer.findRole('exoship-test') ?? { id: '' };
  const nameAt = (ms: number) => `vault-exoship-test-approle-${BigInt(ms) * 1_000_000n}`;
  const old = sandbox.cloud.issuer.createKey(nameAt(Date.now() - 2 * day), id);
  const young = sandbox.cloud.issuer.createKey(nameAt(Date.now()), id);
  const foreign = sandbox.cloud.issuer.createKey('made-by-hand', id);

  const argv = ['keys', 'audit', '--role', 'auditor'];
  const told = await run(world, argv);
  expect(told.exitCode, told.stderr).toBe(0);
  expect(told.stderr).toContain(`would delete ${nameAt(0).slice(0, 26)}`);
  expect(told.stderr).toMatch(/1 of \d+ keys would be deleted: say --delete/);
  const deleted = await run(world, [...argv, '--delete']);
  expect(deleted.exitCode, deleted.stderr).toBe(0);
  expect(sandbox.cloud.issuer.deleteKey(old.key)).toBe(false);
  expect(sandbox.cloud.issuer.deleteKey(young.key)).toBe(true);
  expect(sandbox.cloud.issuer.deleteKey(foreign.key)).toBe(true);
});
