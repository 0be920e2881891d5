import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtempDisposable, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { openBuildFolder } from '../../src/build/build-folder.ts';
import { reapFolders } from '../../src/build/reap-folders.ts';

const linux = test.skipIf(!existsSync('/proc/self/environ'));
const PATIENCE = { timeout: 15_000 };

/** Opens a folder, starts a child in it that ends only when somebody ends it, and waits to be killed. */
function startBuild(root: string): ChildProcess {
  const module = new URL('../../src/build/build-folder.ts', import.meta.url).href;
  const script = `
    import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    const { openBuildFolder } = await import('${module}');
    const { path } = await openBuildFolder('${root}');
    const env = { PATH: '/usr/bin:/bin', TMPDIR: path + '/t' };
    const child = spawn('sleep', ['60'], { env, detached: true, stdio: 'ignore' });
    writeFileSync('${root}/pid', String(child.pid));
    setInterval(() => {}, 1_000);`;
  return spawn(execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
}

async function childOf(root: string): Promise<number> {
  const read = async (): Promise<string> =>
    await readFile(join(root, 'pid'), 'utf8').catch(() => '');
  await expect.poll(read, PATIENCE).not.toBe('');
  return Number(await read());
}

async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return status !== '' && !/^State:\s+Z/m.test(status);
}

async function foldersIn(root: string): Promise<readonly string[]> {
  return (await readdir(root)).filter((name) => name !== 'pid');
}

test('openBuildFolder() makes a folder for one user, and takes it away', async () => {
  await using root = await mkdtempDisposable(join(tmpdir(), 'xg-'));
  const folder = await openBuildFolder(root.path);
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  await writeFile(join(folder.path, 'image'), 'image');
  await folder[Symbol.asyncDispose]();
  expect(await foldersIn(root.path)).toEqual([]);
});

test.each([
  ['a file', '/dev/null', 'it is no folder'],
  ['nothing', '/nowhere/at/all', 'there is no such folder'],
])('openBuildFolder() makes nothing where TMPDIR names %s', async (_what, root, why) => {
  await expect(openBuildFolder(root)).rejects.toMatchObject({
    exitCode: 2,
    message: `Cannot build in "${root}": ${why}`,
    remedy: expect.stringContaining('TMPDIR'),
  });
});

linux('a folder and who works in it go with a process that is killed', async () => {
  await using root = await mkdtempDisposable(join(tmpdir(), 'xg-'));
  const build = startBuild(root.path);
  const child = await childOf(root.path);
  expect(await foldersIn(root.path)).toHaveLength(1);
  build.kill('SIGKILL');
  await expect.poll(async () => await foldersIn(root.path), PATIENCE).toEqual([]);
  await expect.poll(async () => await isRunning(child), PATIENCE).toBe(false);
});

linux('reapFolders() removes what is left of a build whose guard was killed, too', async () => {
  await using root = await mkdtempDisposable(join(tmpdir(), 'xg-'));
  const build = startBuild(root.path);
  const child = await childOf(root.path);
  const left = join(root.path, String(await foldersIn(root.path)));
  expect(await reapFolders(root.path)).toEqual([]);

  const ended = once(build, 'exit');
  process.kill(await guardOf(left), 'SIGKILL');
  build.kill('SIGKILL');
  await ended;
  expect(await reapFolders(root.path)).toEqual([left]);
  await expect.poll(async () => await isRunning(child), PATIENCE).toBe(false);
  expect(await foldersIn(root.path)).toEqual([]);
});

linux('reapFolders() leaves alone what it cannot know', async () => {
  await using root = await mkdtempDisposable(join(tmpdir(), 'xg-'));
  const owner = { pid: 1, startedAt: 'long ago', namespace: 'another container' };
  for (const [name, text] of [
    ['exoship-build-1', JSON.stringify(owner)],
    ['exoship-build-2', 'no JSON'],
  ] as const) {
    await mkdir(join(root.path, name));
    await writeFile(join(root.path, name, '.owner.json'), text);
  }
  await mkdir(join(root.path, 'exoship-build-3'));
  expect(await reapFolders(root.path)).toEqual([]);
  expect(await foldersIn(root.path)).toHaveLength(3);
});

/** The shell that was given the folder as its argument. */
async function guardOf(folder: string): Promise<number> {
  for (const entry of await readdir('/proc')) {
    const line = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (line.endsWith(`\0guard\0${folder}\0`)) return Number(entry);
  }
  throw new TypeError('There is no guard');
}
