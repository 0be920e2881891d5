import { chmod, mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { makeImage } from '../../src/build/make-image.ts';
import { planBuild } from '../../src/build/plan-build.ts';
import { resolveSettings } from '../../src/config/resolve-settings.ts';
import { parse, withLine } from '../config/support/problems.ts';
import { type FakeJob, fakeJob } from '../support/fake-job.ts';

/** Programs that stand in for the real ones: an image is an empty file, a machine answers 200 to everything. */
const programs = {
  packer: `
case $1 in version) echo '1,,version,1.6.6'; exit 0 ;; esac
out=\${*#*out=}; out=\${out%% *}
case "$*" in *accelerator=tcg*ssh_private_key_file=*seed=*) ;; *) exit 1 ;; esac
mkdir -p "\${out%/*}"; : >"$out"
echo '1,hello,artifact,0,id,VM'; echo '1,hello,artifact,0,end'`,
  'qemu-img': `
case $1 in info) echo '{"format":"qcow2","virtual-size":10737418240,"actual-size":1}' ;; esac`,
  'qemu-system-x86_64': `
case "$*" in *accel=tcg*isa-debug-exit*) exit 67 ;; *isa-debug-exit*) exit 1 ;; esac
port=\${*#*hostfwd=tcp:127.0.0.1:}
exec node -e "require('http').createServer((_, r) => r.end('ok')).listen(process.argv[1], '127.0.0.1')" "\${port%%-*}"`,
};
const refuses = `echo 'Permission denied (publickey).' >&2; exit 255`;
const letsIn = 'exit 0';

async function makeMachineImage(
  ssh: string,
  missing?: keyof typeof programs,
): Promise<FakeJob & { readonly left: unknown }> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'xb-'));
  const bin = join(folder.path, 'bin');
  await mkdir(bin);
  for (const [name, script] of Object.entries({ ...programs, ssh })) {
    if (name === missing) continue;
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const yaml = withLine(
    'bucket: templates',
    `      bucket: templates
      machine: {}
      variables: { out: "\${artifact}" }`,
  ).replace('artifact: hello.tar.gz', 'artifact: image/hello.qcow2');
  await writeFile(join(folder.path, 'hello.pkr.hcl'), '');
  const settings = {
    ...resolveSettings({ config: parse(yaml), flags: {}, env: {} }),
    folder: folder.path,
  };
  const env = {
    PATH: [bin, dirname(execPath), ...(missing === undefined ? ['/usr/bin', '/bin'] : [])].join(
      ':',
    ),
    CI_COMMIT_SHA: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
  };
  const fake = fakeJob({ env });
  const plan = await planBuild({ settings, env, folder: folder.path, variables: [] });
  const left = await makeImage(fake.job, plan).catch((error: unknown) => error);
  return { ...fake, left };
}

test('makeImage() boots the disk that Packer has made, and finds the key of the build refused', async () => {
  const { left, stderr } = await makeMachineImage(refuses);
  expect(left).toBeUndefined();
  expect(stderr()).toContain('QEMU runs with tcg (emulation)');
  expect(stderr()).toContain('ok   refuses the key of the build: root refused');
  expect(stderr()).toMatch(/the image was verified, ready [\d.]+ s after power on/);
});

test('makeImage() refuses a disk that lets the key of the build in', async () => {
  const { left, stderr } = await makeMachineImage(letsIn);
  expect(left).toMatchObject({
    message: 'The image will not do: refuses the key of the build',
    exitCode: 12,
  });
  expect(stderr()).toContain('FAIL refuses the key of the build: root accepted');
});

test.each([
  ['packer', 'not-installed'],
  ['qemu-system-x86_64', 'qemu-missing'],
] as const)('makeImage() begins nothing when %s is missing', async (missing, code) => {
  const { left } = await makeMachineImage(refuses, missing);
  expect(left).toMatchObject({ name: 'PackerError', code });
});
