import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { PackerEvent } from '../src/index.ts';
import { hasPlugins } from '../src/required-plugins.ts';
import { type BuildFolder, createBuildFolder, fixturePath } from './build-folder.ts';

const env = { PATH: fixturePath, LC_PACKER_VERSION: '1.11.2' };

async function writePlugins(folder: BuildFolder, version: string): Promise<string> {
  const plugins = folder.at('plugins.pkr.hcl');
  await writeFile(
    plugins,
    `packer {
  required_plugins {
    # version = "~> 9"
    qemu = { source = "github.com/hashicorp/qemu", version = "${version}" }
  }
}
`,
  );
  return plugins;
}

test('buildTemplate() fetches pinned plugins first where Packer has them outside', async () => {
  await using folder = await createBuildFolder();
  const plugins = await writePlugins(folder, '= 1.1.0');
  const events: PackerEvent[] = [];
  const more = { plugins, onEvent: (event: PackerEvent) => void events.push(event) };
  const init = { LC_PACKER_INIT: folder.at('init') };
  await folder.build({ replay: 'build-ok' }, { ...more, env: { ...env, ...init } });
  expect(folder.read('init')).toBe(`init -machine-readable ${plugins}`);
  expect(events[0]).toMatchObject({ type: 'plugins-wanted', plugins: ['qemu = 1.1.0'] });
});

test('buildTemplate() has nothing to fetch for Packer 1.6', async () => {
  await using folder = await createBuildFolder();
  const plugins = await writePlugins(folder, '~> 1.1');
  const old = { ...env, LC_PACKER_VERSION: '1.6.6', LC_PACKER_INIT: folder.at('init') };
  await folder.build({ replay: 'build-ok' }, { plugins, env: old });
  expect(existsSync(folder.at('init'))).toBe(false);
});

test('buildTemplate() refuses plugins that are not pinned', async () => {
  await using folder = await createBuildFolder();
  const plugins = await writePlugins(folder, '~> 1.1');
  await expect(folder.build({ replay: 'build-ok' }, { plugins, env })).rejects.toMatchObject({
    code: 'template-invalid',
    message:
      'Cannot take plugin "qemu" in version "~> 1.1": it must name one release, such as "1.1.0"',
  });
  expect(await folder.leftovers()).toEqual([]);
});

test('buildTemplate() tells plugins that cannot be fetched from a template that fails', async () => {
  await using folder = await createBuildFolder();
  const plugins = await writePlugins(folder, '1.1.0');
  const offline = { ...env, LC_PACKER_OFFLINE: 'yes' };
  await expect(folder.build({}, { plugins, env: offline })).rejects.toMatchObject({
    code: 'plugins-unavailable',
    retryable: true,
    message: 'Cannot fetch qemu 1.1.0: 403 API rate limit exceeded',
  });
});

test.for([
  ['1.6.6', false],
  ['1.7.0', true],
  ['1.11.2', true],
  ['2.0.0', true],
] as const)('hasPlugins() of %s is %s', ([version, expected]) => {
  expect(hasPlugins(version)).toBe(expected);
});
