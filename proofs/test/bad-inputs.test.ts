import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Ci, demoConfig, openCi } from '../src/harness/open-ci.ts';

// A Vault that does not answer is asked again for ten seconds.
vi.setConfig({ testTimeout: 30_000 });

// One sandbox for all: every row must leave it as it found it, which is part of what each row checks.
let ci: Ci;
const unknownId = '00000000-0000-4000-8000-000000000000';

beforeAll(async () => {
  ci = await openCi();
});
afterAll(async () => {
  await ci[Symbol.asyncDispose]();
});

interface Row {
  readonly what: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Changes to the configuration, as text. */
  readonly config?: (text: string) => string;
  readonly exitCode: number;
  readonly says: RegExp;
}

const rows: readonly Row[] = [
  {
    what: 'no VAULT_ADDR',
    argv: ['build'],
    env: { VAULT_ADDR: undefined },
    exitCode: 2,
    says: /VAULT_ADDR is not set/,
  },
  {
    what: 'a VAULT_ADDR that is no URL',
    argv: ['build'],
    env: { VAULT_ADDR: 'vault.example' },
    exitCode: 2,
    says: /VAULT_ADDR.*"vault\.example"/,
  },
  {
    what: 'plain http to a host that is not this machine',
    argv: ['build'],
    env: { VAULT_ADDR: 'http://vault.example:8200' },
    exitCode: 2,
    says: /VAULT_ADDR.*vault\.example/,
  },
  {
    what: 'a VAULT_ADDR where nobody listens',
    argv: ['build'],
    env: { VAULT_ADDR: 'http://127.0.0.1:1' },
    exitCode: 10,
    says: /ECONNREFUSED|refused/,
  },
  {
    what: 'no broker token',
    argv: ['build'],
    env: { VAULT_TOKEN: undefined },
    exitCode: 2,
    says: /VAULT_TOKEN is not set/,
  },
  {
    what: 'no role id',
    argv: ['build'],
    env: { VAULT_ROLE_ID: undefined },
    exitCode: 2,
    says: /VAULT_ROLE_ID is not set/,
  },
  {
    what: 'a wrong role id',
    argv: ['build'],
    env: { VAULT_ROLE_ID: unknownId },
    exitCode: 10,
    says: /role/i,
  },
  {
    what: 'a broker token without permission',
    argv: ['build'],
    env: { VAULT_TOKEN: 'hvs.nobody-knows-this-token' },
    exitCode: 10,
    says: /denied|permission/i,
  },
  {
    what: 'an Exoscale role that Vault does not know',
    argv: ['build'],
    config: (text) => text.replace('build: exoship-build,', 'build: exoship-nobody,'),
    exitCode: 10,
    says: /exoship-nobody/,
  },
  {
    what: 'a pool that is not there',
    argv: ['deploy', '--template', unknownId, '--untested'],
    env: { EXOSHIP_POOL: 'nowhere' },
    exitCode: 11,
    says: /There is no (template|instance pool)/,
  },
  {
    what: 'a template id that is not there, to be tested',
    argv: ['test', '--template', unknownId],
    exitCode: 11,
    says: /There is no template "00000000/,
  },
  {
    what: 'a template id that is no id',
    argv: ['test', '--template', 'hello-abc'],
    exitCode: 11,
    says: /There is no template "hello-abc"/,
  },
  {
    what: 'a template named by hand, without --untested',
    argv: ['deploy', '--template', unknownId],
    exitCode: 3,
    says: /untested.*\n.*--untested/,
  },
  {
    what: 'no artifact',
    argv: ['deploy'],
    exitCode: 2,
    says: /exoship-artifact\.json": there is no such file/,
  },
  {
    what: 'a zone that does not exist',
    argv: ['build', '--zone', 'xx-nix-9'],
    exitCode: 11,
    says: /xx-nix-9/,
  },
  {
    what: 'a configuration that is not there',
    argv: ['build', '--config', 'nowhere.yaml'],
    exitCode: 2,
    says: /nowhere\.yaml.*\n.*no such file/,
  },
  {
    what: 'a certificate of Vault that is none',
    argv: ['build'],
    env: { VAULT_CACERT: '/etc/hostname' },
    exitCode: 2,
    says: /"\/etc\/hostname".*it holds no PEM\n.*VAULT_CACERT/,
  },
  {
    what: 'an id token that is none',
    argv: ['build'],
    env: { VAULT_ID_TOKEN: 'hello' },
    exitCode: 2,
    says: /VAULT_ID_TOKEN holds no JWT/,
  },
  {
    what: 'a report without events to draw it from',
    argv: ['deploy', '--report', 'rollout.html'],
    exitCode: 2,
    says: /--report needs --events/,
  },
  {
    what: 'a sandbox in no zone',
    argv: ['sandbox', 'up', '--zone', ''],
    exitCode: 2,
    says: /--zone must be like "ch-gva-2"/,
  },
  {
    what: 'a token that may not set Vault up',
    argv: ['vault', 'setup'],
    exitCode: 10,
    says: /token of an administrator/,
  },
  {
    what: 'a configuration that is not YAML',
    argv: ['build'],
    config: (text) => `${text}\n  - [`,
    exitCode: 2,
    says: /broken\.yaml:\d+:\d+/,
  },
  {
    what: 'a configuration with a typo',
    argv: ['build'],
    config: (text) => text.replace('readinessTimeout:', 'readynessTimeout:'),
    exitCode: 2,
    says: /broken\.yaml:\d+:\d+.*readynessTimeout.*readinessTimeout/,
  },
  {
    what: 'a command that fails instead of making the image',
    argv: ['build', '--force'],
    config: (text) => text.replace('- bundle.ts', '- no-such-bundler.ts'),
    exitCode: 12,
    says: /"node" made no image: exit code 1/,
  },
  {
    what: 'an unknown command',
    argv: ['bulid'],
    exitCode: 2,
    says: /unknown command 'bulid'.*\n?.*build/,
  },
  {
    what: 'an unknown flag',
    argv: ['build', '--frce'],
    exitCode: 2,
    says: /unknown option '--frce'/,
  },
  {
    what: 'exec with a program that is not installed',
    argv: ['exec', '--', 'no-such-program'],
    exitCode: 125,
    says: /no-such-program/,
  },
];

test.each(rows)('$what: exit $exitCode, one clear line, nothing left behind', async (row) => {
  const config = row.config === undefined ? undefined : await brokenConfig(row.config);
  const env = { ...row.env, ...(config && { EXOSHIP_CONFIG: config }) };
  const { exitCode, stderr } = await ci.run(row.argv, env);
  expect(stderr).toMatch(row.says);
  expect(exitCode, stderr).toBe(row.exitCode);
  expect(stderr).not.toMatch(/^\s+at .*\(.*:\d+:\d+\)/m);
  await expectNothingLeft();
});

test('exec keeps the exit code of the command, and what it prints holds no secret', async () => {
  const script =
    'console.log(process.env.EXOSCALE_API_SECRET, Object.keys(process.env).join()); process.exit(7)';
  const { exitCode, stdout } = await ci.run(['exec', '--', 'node', '-e', script]);
  expect(exitCode).toBe(7);
  expect(stdout).toMatch(/^\[redacted\] /);
  expect(stdout).toContain('EXOSCALE_API_KEY');
  expect(stdout).not.toContain('VAULT_TOKEN');
  await expectNothingLeft();
});

test('sandbox up on a port that is taken says so and exits 2', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const { exitCode, stderr } = await ci.run(['sandbox', 'up', '--port', String(port)]);
    expect(stderr).toContain(String(port));
    expect(exitCode).toBe(2);
  } finally {
    server.close();
  }
});

/** A copy beside the original, because paths in it are relative. */
async function brokenConfig(change: (text: string) => string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const original = await readFile(demoConfig, 'utf8');
  const changed = change(original);
  expect(changed).not.toBe(original);
  const hello = join(demoConfig, '..');
  const file = join(ci.folder, 'broken.yaml');
  await writeFile(
    file,
    changed
      .replaceAll('packer/hello-bundle.pkr.hcl', `${hello}/packer/hello-bundle.pkr.hcl`)
      .replaceAll('- bundle.ts', `- ${hello}/bundle.ts`)
      .replaceAll(/inputs: .*/g, 'inputs: ["*.yaml"]'),
  );
  return file;
}

async function expectNothingLeft(): Promise<void> {
  const { keys, instances } = ci.sandbox.cloud.snapshot();
  expect(keys.live).toBe(0);
  expect(instances.now).toBe(0);
  const tokens = ci.sandbox.vault.snapshot().tokens.filter(({ path }) => path.includes('approle'));
  expect(tokens).toEqual([]);
  expect(await ci.leftFiles()).toEqual([]);
}
