import { createHash } from 'node:crypto';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestImage } from '../../src/provenance/image-digests.ts';

const { signal } = new AbortController();

test('digestImage() hashes a file once, both ways', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'exoship-test-'));
  const [file, image] = [join(folder.path, 'image'), Buffer.alloc(3_000_000, 'x')];
  await writeFile(file, image);
  expect(await digestImage(file, signal)).toEqual({
    sha256: createHash('sha256').update(image).digest('hex'),
    md5: createHash('md5').update(image).digest('hex'),
  });
});

test('digestImage() knows no file that is not there, and stops when told to', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'exoship-test-'));
  expect(await digestImage(join(folder.path, 'none'), signal)).toBeUndefined();
  const reason = new RangeError('enough');
  await writeFile(join(folder.path, 'image'), 'x');
  const stopped = digestImage(join(folder.path, 'image'), AbortSignal.abort(reason));
  await expect(stopped).rejects.toBe(reason);
});
