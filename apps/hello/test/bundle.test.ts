import { execFile } from 'node:child_process';
import { mkdir, mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { extract, list } from 'tar';
import { expect, test } from 'vitest';
import { get } from './support/get.ts';
import { startHello } from './support/hello-process.ts';

const BUNDLER = fileURLToPath(new URL('../bundle.ts', import.meta.url));

async function bundle(out: string, ...options: string[]): Promise<void> {
  const run = promisify(execFile);
  await run(
    execPath,
    ['--disable-warning=ExperimentalWarning', BUNDLER, '--out', out, ...options],
    {
      cwd: '/',
      env: {},
    },
  );
}

function temporaryFolder() {
  return mkdtempDisposable(join(tmpdir(), 'hello-bundle-'));
}

test('bundle.ts: the same inputs give the same bytes, wherever and under whatever name', async () => {
  await using folder = await temporaryFolder();
  const one = join(folder.path, 'one.tar.gz');
  const two = join(folder.path, 'deep/er/two.tar.gz');
  await bundle(one, '--version', '1.0.0');
  await bundle(two, '--version', '1.0.0', '--release', 'good', '--port', '8080');
  expect(await readFile(one)).toEqual(await readFile(two));
  expect(await readdir(join(folder.path, 'deep/er'))).toEqual(['two.tar.gz']);
});

test('bundle.ts: another version gives other bytes', async () => {
  await using folder = await temporaryFolder();
  const one = join(folder.path, 'one.tar.gz');
  const two = join(folder.path, 'two.tar.gz');
  await bundle(one, '--version', '1.0.0');
  await bundle(two, '--version', '1.0.1');
  expect(await readFile(one)).not.toEqual(await readFile(two));
});

test('bundle.ts: the archive is sorted and holds nothing of this machine', async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, 'hello.tar.gz');
  await bundle(out, '--version', '1.0.0');
  const entries: object[] = [];
  const names: string[] = [];
  await list({
    file: out,
    strict: true,
    onReadEntry: ({ path, mode, mtime, uid, gid, uname }) => {
      names.push(path);
      entries.push({ mode, mtime: mtime?.getTime(), uid, gid, uname });
    },
  });
  expect(names).toEqual([
    'exoship-bundle.json',
    'hello.mjs',
    'main.mjs',
    'release.json',
    'release.mjs',
    'respond.mjs',
    'settings.mjs',
  ]);
  expect(new Set(entries.map((entry) => JSON.stringify(entry)))).toHaveLength(1);
  expect(entries[0]).toMatchObject({ mode: 0o644, mtime: 0, uname: '' });
});

test('bundle.ts: what it makes runs in an empty folder with an empty environment', async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, 'hello.tar.gz');
  await bundle(out, '--version', '2.0.0', '--release', 'bad-app', '--port', '9090');
  const cwd = join(folder.path, 'body');
  await mkdir(cwd);
  await extract({ file: out, cwd, strict: true });

  const manifest: unknown = JSON.parse(await readFile(join(cwd, 'exoship-bundle.json'), 'utf8'));
  expect(manifest).toEqual({ start: ['node', 'main.mjs'], port: 9090, version: '2.0.0' });

  await using hello = await startHello({}, { main: 'main.mjs', cwd });
  expect(hello.lines[0]).toContain('2.0.0 (bad-app)');
  expect(await get(hello.port, '/')).toMatchObject({
    status: 500,
    headers: { 'x-hello-version': '2.0.0' },
  });
});

test.each([
  [['--version', '1.0.0', '--release', 'best'], 'Cannot use release "best"'],
  [['--version', 'a b'], 'Cannot use version "a b"'],
  [[], 'Cannot use version undefined'],
  [['--version', '1.0.0', '--ports', '1'], "Unknown option '--ports'"],
])('bundle.ts refuses %j', async (options, message) => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, 'hello.tar.gz');
  await expect(bundle(out, ...options)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(message) as string,
  });
  expect(await readdir(folder.path)).toEqual([]);
});
