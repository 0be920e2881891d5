import { readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createSshKey, type ImageVerdict, type VerifyOptions, verifyImage } from '../src/index.ts';
import { type BuildFolder, createBuildFolder } from './build-folder.ts';

const programs = fileURLToPath(new URL('fixtures/bin-qemu', import.meta.url));
const env = { PATH: [programs, dirname(execPath), '/usr/bin', '/bin'].join(delimiter) };
const info = { format: 'qcow2', 'virtual-size': 10 * 2 ** 30, 'actual-size': 1_000 };

const greets: VerifyOptions['check'] = async ({ address, port }, { signal }) => {
  const answer = await fetch(`http://${address}:${port}/`, { signal }).catch(() => undefined);
  const detail = (await answer?.text()) ?? 'no answer';
  return { passed: detail === 'Hello', detail };
};

async function verify(
  folder: BuildFolder,
  image: object,
  more: Partial<VerifyOptions> = {},
): Promise<ImageVerdict> {
  await writeFile(folder.at('image'), JSON.stringify({ info, body: 'Hello', ...image }));
  return await verifyImage({
    image: folder.at('image'),
    folder: folder.path,
    env,
    port: 8080,
    check: greets,
    sshKey: createSshKey(),
    intervalMs: 10,
    ...more,
  });
}

function failuresOf({ findings }: ImageVerdict): readonly string[] {
  return findings.flatMap(({ what, passed, detail }) => (passed ? [] : [`${what}: ${detail}`]));
}

test('verifyImage() boots the image as a stranger would, and finds the key of the build refused', async () => {
  await using folder = await createBuildFolder();
  const report = folder.at('report');
  const verdict = await verify(folder, { report });
  expect(failuresOf(verdict)).toEqual([]);
  expect(verdict).toMatchObject({ passed: true, accelerator: 'tcg' });
  expect(verdict.console).toContain('Booting');
  expect(verdict.findings.at(-1)).toEqual({
    what: 'refuses the key of the build',
    passed: true,
    detail: 'root refused',
  });
  const args = await readFile(report, 'utf8');
  expect(args).toMatch(
    /user,id=net,restrict=on,hostfwd=tcp:127\.0\.0\.1:\d+-:8080,hostfwd=tcp:127\.0\.0\.1:\d+-:22 /,
  );
  expect(args).toContain(',snapshot=on');
  expect((await readdir(folder.path)).toSorted()).toEqual(['image', 'report']);
});

test.each([
  ['an image that lets the key in', {}, { user: 'open' }, 'the key of the build: open accepted'],
  ['a server that never says', {}, { user: 'slow', deadlineMs: 3_000 }, 'slow no-answer'],
  ['an app that answers wrongly', { body: 'Bye' }, { deadlineMs: 3_000 }, 'what it should: Bye'],
  ['a machine that ends', { ends: true }, {}, 'the machine ended: no answer'],
])('verifyImage() fails %s', async (_name, image, more, failure) => {
  await using folder = await createBuildFolder();
  const verdict = await verify(folder, image, more);
  expect(verdict.passed).toBe(false);
  expect(failuresOf(verdict)).toEqual([expect.stringContaining(failure)]);
});

test.each([
  ['is of another size', { info: { ...info, 'virtual-size': 2 ** 30 } }, 'virtual size: 1 GiB'],
  ['is broken', { broken: true }, 'consistent: ERROR cluster 3 refcount=0'],
])('verifyImage() boots nothing when the file %s', async (_name, image, failure) => {
  await using folder = await createBuildFolder();
  const check = () => Promise.reject(new TypeError('Nothing should be asked'));
  const verdict = await verify(folder, image, { check });
  expect(failuresOf(verdict)).toEqual([expect.stringContaining(failure)]);
  expect(verdict.accelerator).toBeUndefined();
});

test('verifyImage() stops the machine and throws the reason when cancelled', async () => {
  await using folder = await createBuildFolder();
  const abort = new AbortController();
  const reason = new TypeError('enough');
  const check: VerifyOptions['check'] = () => {
    abort.abort(reason);
    return Promise.resolve({ passed: false, detail: '' });
  };
  await expect(verify(folder, {}, { check, signal: abort.signal })).rejects.toBe(reason);
  expect(await readdir(folder.path)).toEqual(['image']);
});

test('verifyImage() passes on what the check throws', async () => {
  await using folder = await createBuildFolder();
  const check = () => Promise.reject(new TypeError('broken check'));
  await expect(verify(folder, {}, { check })).rejects.toThrow('broken check');
});

test('verifyImage() names the Debian package when QEMU is missing', async () => {
  await using folder = await createBuildFolder();
  await expect(verify(folder, {}, { env: { PATH: join(folder.path, 'none') } })).rejects.toThrow(
    'install the Debian package qemu-utils',
  );
});

test('verifyImage() refuses options that it does not know', async () => {
  await using folder = await createBuildFolder();
  await expect(verify(folder, {}, { ports: 1 } as object)).rejects.toThrow(TypeError);
});
