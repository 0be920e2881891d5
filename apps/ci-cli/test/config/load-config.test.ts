import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { MINIMAL } from './support/problems.ts';

function temporaryFolder() {
  return mkdtempDisposable(join(tmpdir(), 'exoship-config-'));
}

test('loadConfig() reads exoship.yaml of the folder', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'exoship.yaml'), MINIMAL);
  const config = await loadConfig({ cwd: folder.path });
  expect(config).toMatchObject({ file: 'exoship.yaml', folder: folder.path });
});

test('loadConfig() takes paths in a file from where the file is', async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'apps'));
  await writeFile(join(folder.path, 'apps/other.yaml'), `\uFEFF${MINIMAL}`);
  const config = await loadConfig({ file: 'apps/other.yaml', cwd: folder.path });
  expect(config).toMatchObject({ file: 'apps/other.yaml', folder: join(folder.path, 'apps') });
});

test.each([
  ['no file', undefined, 'file-missing', 'There is no such file'],
  ['nothing in it', '', 'file-empty', 'It is empty: start with "version: 1"'],
  ['256 KiB and more', '#'.repeat(256 * 1024 + 1), 'file-too-large', 'It is larger than 256 KiB'],
  ['no text', Buffer.from([0x61, 0xff, 0xfe]), 'file-unreadable', 'It is not UTF-8 text'],
  ['no YAML', 'a: [', 'syntax', expect.stringContaining('sufficiently indented')],
  ['another YAML', 'version: 1', 'invalid', 'Missing key "apps"'],
])('loadConfig() refuses: %s', async (_label, content, code, message) => {
  await using folder = await temporaryFolder();
  if (content !== undefined) {
    await writeFile(join(folder.path, 'exoship.yaml'), content);
  }
  await expect(loadConfig({ cwd: folder.path })).rejects.toMatchObject({
    name: 'ConfigError',
    code,
    retryable: false,
    message: expect.stringMatching(/^Cannot use exoship\.yaml: /) as string,
    problems: expect.arrayContaining([expect.objectContaining({ message })]) as unknown[],
  });
});

test('loadConfig() refuses a folder', async () => {
  await using folder = await temporaryFolder();
  await expect(loadConfig({ file: '.', cwd: folder.path })).rejects.toMatchObject({
    code: 'file-unreadable',
    problems: [{ message: 'It is a folder' }],
  });
});

test('loadConfig() refuses a pipe that nobody may ever write to, and takes one that a shell has opened', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'real.yaml'), MINIMAL);
  execFileSync('mkfifo', [join(folder.path, 'exoship.yaml')]);
  await expect(loadConfig({ cwd: folder.path })).rejects.toMatchObject({
    code: 'file-unreadable',
    problems: [{ message: expect.stringContaining('It is a named pipe') }],
  });
  const opened = openSync(join(folder.path, 'real.yaml'), 'r');
  try {
    const file = `/dev/fd/${opened}`;
    expect(await loadConfig({ file, cwd: folder.path })).toMatchObject({ file });
  } finally {
    closeSync(opened);
  }
});

test('loadConfig() rejects with the reason when aborted', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'exoship.yaml'), MINIMAL);
  const reason = new Error('no longer wanted');
  const signal = AbortSignal.abort(reason);
  await expect(loadConfig({ cwd: folder.path, signal })).rejects.toBe(reason);
});
