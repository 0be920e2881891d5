import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readArtifact, type TemplateArtifact, writeArtifact } from '../src/artifact.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exoship-artifact-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

const untested: TemplateArtifact = {
  schema: 1,
  templateId: '11111111-1111-4111-8111-111111111111',
  checksum: 'd41d8cd98f00b204e9800998ecf8427e',
  name: 'hello-1.0',
  zone: 'ch-gva-2',
  version: '1.0',
  inputsHash: 'abc',
};
const testedBy = { at: '2026-01-01T00:00:00.000Z', job: '4711', readyAfterMs: 900 };

test.each([
  ['untested', untested, 'no'],
  ['tested', { ...untested, testedBy }, 'yes'],
])('an artifact that is %s is read as it was written', async (name, artifact, flag) => {
  const file = join(folder, `${name}.json`);
  await writeArtifact(file, artifact);
  expect(await readArtifact(file)).toEqual(artifact);
  expect(await readFile(join(folder, `${name}.env`), 'utf8')).toBe(
    `EXOSHIP_TEMPLATE_ID=${untested.templateId}\nEXOSHIP_TEMPLATE_NAME=hello-1.0\nEXOSHIP_VERSION=1.0\nEXOSHIP_TESTED=${flag}\n`,
  );
});

test.each([
  ['not JSON', '{', /it is not JSON/],
  ['another schema', JSON.stringify({ ...untested, schema: 2 }), /schema: /],
  ['no UUID', JSON.stringify({ ...untested, templateId: 'hello' }), /templateId: /],
  ['an unknown key', JSON.stringify({ ...untested, extra: 1 }), /extra/],
  ['a list', '[]', /the document: /],
])('readArtifact() refuses a file with %s', async (_name, text, says) => {
  const file = join(folder, 'broken.json');
  await writeFile(file, text);
  await expect(readArtifact(file)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(says),
  });
});

test('readArtifact() says that there is no file, and what to do', async () => {
  await expect(readArtifact(join(folder, 'none.json'))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('there is no such file'),
    remedy: expect.stringContaining('ci-cli build'),
  });
});
