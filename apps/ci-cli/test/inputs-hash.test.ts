import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BuildInputs, hashInputs } from '../src/inputs-hash.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exoship-inputs-'));
  await write('src/a.ts', 'a');
  await write('src/deep/b.ts', 'b');
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

async function hash(changes: Partial<BuildInputs> = {}): Promise<string> {
  return await hashInputs({ folder, patterns: ['src/**'], parameters: { port: '80' }, ...changes });
}

test('the same inputs give the same hash, in whatever order they are named', async () => {
  const patterns = ['src/deep/**', 'src/**', 'src/a.ts'];
  const parameters = { one: '1', two: '2' };
  expect(await hash({ patterns, parameters })).toBe(
    await hash({ patterns: patterns.toReversed(), parameters: { two: '2', one: '1' } }),
  );
  expect(await hash()).toMatch(/^[0-9a-f]{64}$/);
});

test.each<[string, () => Promise<void>]>([
  ['a changed file', () => write('src/a.ts', 'A')],
  ['a new file', () => write('src/c.ts', '')],
  ['a file that goes', () => rm(join(folder, 'src/a.ts'))],
])('%s gives another hash', async (_name, change) => {
  const before = await hash();
  await change();
  expect(await hash()).not.toBe(before);
});

test.each([
  ['another value', { port: '81' }],
  ['another name', { prot: '80' }],
  ['one more', { port: '80', more: '' }],
])('%s among the parameters gives another hash', async (_name, parameters) => {
  expect(await hash({ parameters })).not.toBe(await hash());
});

test.each([
  ['outside the patterns', 'other/c.ts'],
  ['of a dependency', 'src/node_modules/c.ts'],
])('a file %s does not count', async (_name, file) => {
  const before = await hash();
  await write(file, 'c');
  expect(await hash()).toBe(before);
});
