import { execFile } from 'node:child_process';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createBundle } from '../bundle/create-bundle.ts';
import { createRelease } from '../src/release.ts';

const TEMPLATE = fileURLToPath(new URL('../packer/hello-bundle.pkr.hcl', import.meta.url));
const run = promisify(execFile);

async function packer(args: string[], work: string): Promise<{ stdout: string }> {
  return await run('packer', args, {
    cwd: work,
    env: {
      PATH: env.PATH,
      HOME: work,
      TMPDIR: work,
      PACKER_CACHE_DIR: work,
      CHECKPOINT_DISABLE: '1',
    },
  });
}

const isInstalled = await packer(['version'], tmpdir()).then(
  () => true,
  () => false,
);

describe.skipIf(!isInstalled)('packer/hello-bundle.pkr.hcl (needs packer on PATH)', () => {
  test('makes the bundle that bundle.ts makes, and names it as an artifact', async () => {
    await using work = await mkdtempDisposable(join(tmpdir(), 'hello-packer-'));
    const out = join(work.path, 'out', 'hello.tar.gz');
    const values = { version: '3.1.4', release: 'bad-health', port: '9090', out, node: execPath };
    const flags = Object.entries(values).flatMap(([name, value]) => ['-var', `${name}=${value}`]);

    const { stdout } = await packer(['build', '-machine-readable', ...flags, TEMPLATE], work.path);

    expect(stdout).toMatch(new RegExp(`,null\\.hello,artifact,\\d+,file,0,${out}\\n`));
    const expected = await createBundle(createRelease(values));
    expect(Buffer.compare(await readFile(out), expected)).toBe(0);
    expect(await readFile(`${out}.md5`, 'utf8')).toMatch(/^[0-9a-f]{32}\b/);
    expect(JSON.parse(await readFile(`${out}.manifest.json`, 'utf8'))).toMatchObject({
      builds: [{ custom_data: { version: '3.1.4', release: 'bad-health' } }],
    });
  });

  test('fails when the release is unknown', async () => {
    await using work = await mkdtempDisposable(join(tmpdir(), 'hello-packer-'));
    const out = join(work.path, 'hello.tar.gz');
    const flags = ['-var', 'version=1', '-var', `out=${out}`, '-var', `node=${execPath}`];
    await expect(
      packer(['build', '-machine-readable', ...flags, '-var', 'release=best', TEMPLATE], work.path),
    ).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Cannot use release "best"') as string,
    });
  });

  test('does not let a shell read its variables', async () => {
    await using work = await mkdtempDisposable(join(tmpdir(), 'hello-packer-'));
    const out = join(work.path, `it's $(id).tar.gz`);
    const flags = ['-var', 'version=1', '-var', `out=${out}`, '-var', `node=${execPath}`];
    await packer(['build', ...flags, TEMPLATE], work.path);
    expect((await readFile(out)).length).toBeGreaterThan(0);
  });
});

describe.skipIf(!isInstalled)('the templates of machine images (need packer on PATH)', () => {
  test.each(['hello.pkr.hcl', 'hello-tiny.pkr.hcl'])('%s is one', async (name) => {
    await using work = await mkdtempDisposable(join(tmpdir(), 'hello-packer-'));
    const template = fileURLToPath(new URL(`../packer/${name}`, import.meta.url));
    const { stdout } = await packer(['validate', '-syntax-only', template], work.path);
    expect(stdout).toContain('Syntax-only check passed');
  });
});

test.each([
  ['tiny/make-base.sh', 'bash'],
  ['tiny/install.sh', 'sh'],
  ['tiny/initramfs/init', 'sh'],
  ['tiny/rootfs/etc/rcS', 'sh'],
  ['tiny/rootfs/etc/rc.stop', 'sh'],
  ['tiny/rootfs/etc/udhcpc.script', 'sh'],
  ['cloud/install.sh', 'sh'],
])('packer/%s is a script that %s can read', async (name, shell) => {
  const script = fileURLToPath(new URL(`../packer/${name}`, import.meta.url));
  await expect(run(shell, ['-n', script])).resolves.toMatchObject({ stderr: '' });
});

test.each(['hello.pkr.hcl', 'hello-tiny.pkr.hcl'])(
  'packer/%s lets in from loopback only, and the guest out nowhere',
  async (name) => {
    const text = await readFile(new URL(`../packer/${name}`, import.meta.url), 'utf8');
    const forwards = text.match(/hostfwd=\S*/g) ?? [];
    expect(forwards).toHaveLength(1);
    expect(text).toContain('restrict=on,hostfwd=tcp:127.0.0.1:');
    expect(text).toMatch(/accelerator +=/);
  },
);
