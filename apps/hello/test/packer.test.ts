import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** Before 1.7, they are all built in; after that, they may be anywhere. */
const hasPlugins = await packer(['version'], tmpdir()).then(
  ({ stdout }) => /v1\.[0-6]\./.test(stdout),
  () => false,
);
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
  test.each(['hello.pkr.hcl', 'hello-image.pkr.hcl', 'hello-tiny.pkr.hcl', 'hello.json'])(
    '%s is one',
    async (name) => {
      await using work = await mkdtempDisposable(join(tmpdir(), 'hello-packer-'));
      const template = fileURLToPath(new URL(`../packer/${name}`, import.meta.url));
      const { stdout } = await packer(['validate', '-syntax-only', template], work.path);
      expect(stdout).toContain('Syntax-only check passed');
    },
  );

  // Beyond the syntax, Packer looks at every value of builders and provisioners, and the plugins must be at hand.
  test.skipIf(!hasPlugins).each(['hello-image.pkr.hcl', 'hello-tiny.pkr.hcl', 'hello.json'])(
    '%s is valid with all that ci-cli hands to it',
    async (name) => {
      await using work = await mkdtempDisposable(join(tmpdir(), 'hello-packer-'));
      const flags = await everyVariable(work.path, name);
      const template = await withoutImporter(work.path, name);
      await expect(packer(['validate', ...flags, template], work.path)).resolves.toBeDefined();
      const wrong = [...flags, '-var', 'accelerator=steam'];
      await expect(packer(['validate', ...wrong, template], work.path)).rejects.toThrow(
        'Command failed',
      );
    },
  );
});

/** As the variables' descriptions want them. */
async function everyVariable(work: string, name: string): Promise<string[]> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' });
  await writeFile(join(work, 'key'), key, { mode: 0o600 });
  await writeFile(join(work, 'base'), 'a disk');
  const sha256 = createHash('sha256').update('a disk').digest('hex');
  const values: Record<string, string> = {
    version: '1',
    base_image: join(work, 'base'),
    base_checksum: `sha256:${sha256}`,
    node: execPath,
    ssh_private_key_file: join(work, 'key'),
    seed: join(work, 'seed.iso'),
    accelerator: 'tcg',
    ...(name.endsWith('.json')
      ? { out_folder: join(work, 'out'), template_name: 'hello', bucket: 'images' }
      : { out: join(work, 'out', 'hello.qcow2') }),
  };
  return Object.entries(values).flatMap(([variable, value]) => ['-var', `${variable}=${value}`]);
}

/** Packer 1.6 has an importer of its own, which is for a version of the API that is gone. */
async function withoutImporter(work: string, name: string): Promise<string> {
  const template = fileURLToPath(new URL(`../packer/${name}`, import.meta.url));
  if (!name.endsWith('.json')) return template;
  const json = JSON.parse(await readFile(template, 'utf8'));
  json['post-processors'].pop();
  const text = JSON.stringify(json).replaceAll('{{ template_dir }}', dirname(template));
  const changed = join(work, name);
  await writeFile(changed, text);
  return changed;
}

test('packer/hello.pkr.hcl is packer/hello-image.pkr.hcl, and registers what it makes', async () => {
  const read = async (name: string) =>
    (await readFile(new URL(`../packer/${name}`, import.meta.url), 'utf8'))
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  const [image, whole] = [await read('hello-image.pkr.hcl'), await read('hello.pkr.hcl')];
  const added = [...whole];
  for (const line of image) {
    expect(added).toContain(line);
    added.splice(added.indexOf(line), 1);
  }
  const text = added.join('\n');
  expect(text).toContain('post-processor "exoscale-import" {');
  expect(text.match(/^variable "\w+"/gm)).toEqual(
    ['template_name', 'zone', 'bucket', 'inputs', 'api_key', 'api_secret'].map(
      (name) => `variable "${name}"`,
    ),
  );
  expect(text.match(/sensitive/g)).toHaveLength(2);
});

test('packer/hello.json makes the machine that packer/hello-image.pkr.hcl makes', async () => {
  const json = JSON.parse(await readFile(new URL('../packer/hello.json', import.meta.url), 'utf8'));
  const hcl = await readFile(new URL('../packer/hello-image.pkr.hcl', import.meta.url), 'utf8');
  const same = ['disk_size', 'machine_type', 'boot_wait', 'ssh_timeout', 'shutdown_command'];
  for (const key of same) {
    expect(hcl).toMatch(new RegExp(`${key} += "${json.builders[0][key]}"`));
  }
  for (const [, value = ''] of json.builders[0].qemuargs) {
    const isFixed = !value.includes('{{ user');
    if (isFixed) expect(hcl).toContain(value);
  }
});

const hasSystemd = await run('systemd-analyze', ['--version']).then(
  () => true,
  () => false,
);

describe.skipIf(!hasSystemd)('packer/cloud/hello.service (needs systemd-analyze)', () => {
  const unit = fileURLToPath(new URL('../packer/cloud/hello.service', import.meta.url));

  test('is a unit in which systemd finds nothing to mend', async () => {
    await using work = await mkdtempDisposable(join(tmpdir(), 'hello-unit-'));
    const file = join(work.path, 'hello.service');
    const text = await readFile(unit, 'utf8');
    expect(text).toContain('ExecStart=/opt/hello/node main.mjs');
    await writeFile(file, text.replace('/opt/hello/node', execPath));
    const { stderr } = await run('systemd-analyze', ['verify', '--man=no', file]);
    // It loads all units of this machine, and has an opinion on those, too.
    const own = stderr.split('\n').filter((line) => line.includes('hello.service'));
    expect(own).toEqual([]);
  });

  test('leaves the server little that it could do to its machine', async () => {
    const { stdout } = await run('systemd-analyze', [
      'security',
      '--offline=true',
      '--no-pager',
      unit,
    ]);
    const exposure = /Overall exposure level for hello\.service: ([\d.]+)/.exec(stdout)?.[1];
    expect(Number(exposure)).toBeLessThan(2);
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

test.each(['hello.pkr.hcl', 'hello-image.pkr.hcl', 'hello-tiny.pkr.hcl', 'hello.json'])(
  'packer/%s lets in from loopback only, and the guest out nowhere',
  async (name) => {
    const text = await readFile(new URL(`../packer/${name}`, import.meta.url), 'utf8');
    const forwards = text.match(/hostfwd=\S*/g) ?? [];
    expect(forwards).toHaveLength(1);
    expect(text).toContain('restrict=on,hostfwd=tcp:127.0.0.1:');
    expect(text).toMatch(/accelerator(": "\{\{ user| +=)/);
  },
);
