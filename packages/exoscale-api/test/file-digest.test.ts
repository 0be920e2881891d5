import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestFile } from '../src/file-digest.ts';
import { temporaryFile } from './temporary-file.ts';

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

it('digestFile() covers the file with parts that are whole but for the last, each with its own digest', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 400 }),
      fc.integer({ min: 1, max: 150 }),
      async (seed, partBytes) => {
        // Longer than one chunk of the stream now and then.
        const content = Buffer.concat(Array.from({ length: 1_000 }, () => seed));
        const size = partBytes * 997;
        await using file = await temporaryFile('image', content);
        const digest = await digestFile(file.path, size, undefined);
        expect(digest.md5.toString('hex')).toBe(md5(content));
        expect(digest.sizeBytes).toBe(content.length);
        expect(digest.parts).toHaveLength(Math.ceil(content.length / size));
        let offset = 0;
        for (const part of digest.parts) {
          expect(part.offset).toBe(offset);
          const bytes = content.subarray(offset, offset + size);
          expect({ ...part, md5: part.md5.toString('hex') }).toEqual({
            offset,
            sizeBytes: bytes.length,
            md5: md5(bytes),
          });
          offset += part.sizeBytes;
        }
      },
    ),
    { numRuns: 40 },
  );
});
