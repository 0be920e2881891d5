import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { detectPacker } from '../src/index.ts';
import { fixturePath } from './build-folder.ts';

test('detectPacker() tells the version', async () => {
  expect(await detectPacker({ env: { PATH: fixturePath } })).toEqual({ version: '1.6.6' });
});

test('detectPacker() misses a program that is not there', async () => {
  await expect(detectPacker({ env: { PATH: '/nonexistent' } })).rejects.toMatchObject({
    code: 'not-installed',
    message: 'Cannot run "packer": it is not on the PATH',
  });
});

test('detectPacker() does not fall for another program of that name', async () => {
  const binary = fileURLToPath(new URL('fixtures/bin-other/packer', import.meta.url));
  await expect(detectPacker({ env: { PATH: '/usr/bin:/bin' }, binary })).rejects.toMatchObject({
    code: 'not-installed',
    message: `Cannot use "${binary}": it is not HashiCorp's Packer`,
  });
});

test('detectPacker() rejects with the reason itself when cancelled', async () => {
  const reason = new DOMException('stop', 'AbortError');
  const detecting = detectPacker({ env: { PATH: fixturePath }, signal: AbortSignal.abort(reason) });
  await expect(detecting.catch((error: unknown) => error)).resolves.toBe(reason);
});
