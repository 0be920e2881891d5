import { generateKeyPairSync } from 'node:crypto';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Template } from '@exoship/exoscale-api';
import { createKeySigner, createStatement, signStatement } from '@exoship/provenance';
import { expect, test } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import { assertProvenance } from '../../src/provenance/assert-provenance.ts';
import { fakeJob } from '../support/fake-job.ts';

const sha256 = 'ab'.repeat(32);
const md5 = 'cd'.repeat(16);
const inputsHash = 'ef'.repeat(32);
const template = {
  id: 't-1',
  checksum: md5,
  build: inputsHash.slice(0, 32),
  description: `exoship hello inputs ${inputsHash} sha256 ${sha256}`,
} as unknown as Template;

async function openBench() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'exoship-test-'));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [keyFile, publicKeyFile] = [join(folder.path, 'key'), join(folder.path, 'key.pub')];
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
  const file = join(folder.path, 'provenance.json');
  const statement = createStatement({
    subject: { name: 'exoscale://ch-gva-2/template/t-1', digests: { sha256, md5 } },
    buildType: 'urn:example:build',
    parameters: {},
    derived: { inputsHash },
    inputs: [],
    builder: { id: 'urn:example:runner', versions: {} },
    startedAt: new Date(),
    finishedAt: new Date(),
  });
  await writeFile(file, await signStatement(statement, await createKeySigner({ keyFile })));
  const settings = (provenance: object | undefined) =>
    ({ zone: 'ch-gva-2', folder: folder.path, deploy: { provenance } }) as unknown as Settings;
  const { job, stderr } = fakeJob();
  return {
    stderr,
    // Relative, as in exoship.yaml.
    verify: async (changed: Partial<Template>) =>
      await assertProvenance(
        job,
        settings({ require: { kind: 'key', publicKeyFile: 'key.pub' } }),
        {
          file,
          template: { ...template, ...changed },
        },
      ),
    verifyNothing: async () =>
      await assertProvenance(job, settings(undefined), { file: '/none', template }),
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  };
}

test('assertProvenance() says who has signed', async () => {
  await using bench = await openBench();
  await bench.verify({});
  expect(bench.stderr()).toMatch(/provenance holds: built \S+, signed by key [0-9a-f]{16}/);
});

test('assertProvenance() reads nothing when nobody asks for provenance', async () => {
  await using bench = await openBench();
  await expect(bench.verifyNothing()).resolves.toBeUndefined();
});

const changes: readonly [string, Partial<Template>, string][] = [
  ['the image of its description', { description: ` sha256 ${'00'.repeat(32)}` }, 'the sha256'],
  ['its checksum', { checksum: '00'.repeat(16) }, 'the md5'],
  ['its inputs', { build: '00'.repeat(16) }, 'it states the inputs'],
  ['its id', { id: 't-2' }, 'not about "exoscale://ch-gva-2/template/t-2"'],
];

test.each(changes)('assertProvenance() refuses a template when %s is another', async (...row) => {
  const [, changed, says] = row;
  await using bench = await openBench();
  await expect(bench.verify(changed)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining(says),
  });
});

test('assertProvenance() does without what the cloud does not say', async () => {
  await using bench = await openBench();
  const silent = { description: 'mine', checksum: undefined, build: undefined };
  await expect(bench.verify(silent as Partial<Template>)).resolves.toBeUndefined();
});
