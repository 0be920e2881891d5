import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuildJob, type Ground, openGround, outVariable } from '../src/prove/packer/ground.ts';
import { type LineEnd, startLine } from '../src/prove/packer/run-line.ts';
import { findTools } from '../src/prove/packer/tools.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround(1, await findTools(true, () => {}));
});
afterAll(async () => await ground[Symbol.asyncDispose]());

async function build(
  job: BuildJob,
  argv: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<LineEnd> {
  const all = ['build', ...ground.tools.base, ...argv];
  return await startLine(job.line(all, env)).ended;
}

const commit = { CI_COMMIT_SHA: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00' };

test('ci-cli build makes, verifies and registers an image, and once only', async () => {
  await using job = await ground.openJob({ build: outVariable, env: commit });
  const first = await build(job);
  expect(first.stderr).toContain('packer qemu.tiny: booting');
  expect(first.stderr).toContain('ok   refuses the key of the build: root refused');
  expect(first.exitCode).toBe(0);
  const { templateId } = JSON.parse(
    await readFile(join(job.folder, 'exoship-artifact.json'), 'utf8'),
  );

  const second = await build(job);
  expect(second.exitCode).toBe(0);
  expect(second.stderr).toContain(`the same inputs are registered already: ${templateId}`);
  expect(second.stderr).not.toContain('packer 1.6.6');

  const forced = await build(job, ['--force']);
  expect(forced.exitCode).toBe(0);
  expect(forced.stderr).toMatch(/booting \(last time \d+ s, \d+ s to the end\)/);
  expect(await job.leftFiles()).toEqual([]);
  expect(await ground.objects()).toEqual([]);
}, 60_000);

const imports = {
  template: 'imports.pkr.hcl',
  machine: null,
  build: `${outVariable.replace(' }', ', build_mark: "$' + '{inputs}" }')}      packerImport: {}\n`,
};
const base = ['--var', 'base_image=none'];

test('ci-cli build takes the template that the template registers by itself', async () => {
  const { id } = ground.ci.sandbox.cloud.templates.add({ name: 'imported' });
  await using job = await ground.openJob({
    ...imports,
    env: { LC_PACKER_VERSION: '1.11.2', LC_IMPORTED: id },
  });
  const { exitCode, stderr } = await build(job, base);
  expect(stderr).toContain('packer init: exoscale = 0.5.2');
  expect(stderr).toContain(`template imported is ${id}`);
  expect(stderr).not.toContain('the image was verified');
  expect(exitCode).toBe(0);
});

test('ci-cli build refuses an import of Packer’s that the key would not live to see', async () => {
  await using job = await ground.openJob({
    ...imports,
    build: `${imports.build}      timeout: 24h\n`,
    env: { LC_PACKER_VERSION: '1.11.2', LC_IMPORTED: 'none' },
  });
  const { exitCode, stderr } = await build(job, base);
  expect(stderr).toContain('Cannot work for 86400 s: ');
  expect(stderr).not.toContain('packer 1.11.2');
  expect(exitCode).toBe(3);
});

test('ci-cli build refuses the importer of Packer 1.6', async () => {
  await using job = await ground.openJob(imports);
  const { exitCode, stderr } = await build(job, base);
  expect(stderr).toContain('registers templates through version 1 of Exoscale');
  expect(exitCode).toBe(3);
});
