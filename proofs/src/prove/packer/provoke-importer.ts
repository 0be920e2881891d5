import { copyFile, mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTemplate, isPackerError } from '@exoship/packer-build';
import { startFakeImportCloud } from './fake-import-cloud.ts';
import { templates } from './ground.ts';
import type { Failure } from './provoke.ts';

/**
 * The importer that is built into Packer 1.6: ci-cli refuses it, but the words of its failures are still there to be
 * understood.
 */
export async function provokeImporter(
  path: string,
  refuses: 'upload' | 'register',
): Promise<Failure> {
  const expected = refuses === 'upload' ? 'upload-failed' : 'registration-failed';
  await using folder = await mkdtempDisposable(join(tmpdir(), 'xi-'));
  await using cloud = await startFakeImportCloud(refuses);
  const template = join(folder.path, 'import.json');
  await copyFile(join(templates, 'import.json'), template);
  const secret = 'imported-secret-0123456789';
  const error = await buildTemplate({
    template,
    folder: join(folder.path, 'work'),
    env: {
      PATH: path,
      HTTP_PROXY: cloud.proxy,
      EXOSCALE_API_KEY: 'EXO0123456789',
      EXOSCALE_API_SECRET: secret,
    },
    inherit: ['EXOSCALE_API_KEY', 'EXOSCALE_API_SECRET'],
  }).catch((reason: unknown) => reason);
  const code = isPackerError(error) ? error.code : undefined;
  const message = error instanceof Error ? error.message : '';
  const leftovers = await readdir(join(folder.path, 'work'));
  return {
    what: `${refuses === 'upload' ? 'upload' : 'registration'} failed, by Packer's own importer`,
    exitCode: undefined,
    code,
    message,
    leftovers,
    violations: [
      ...(code === expected ? [] : [`code ${code}, not ${expected}: ${message}`]),
      ...(message.includes('signature=') || message.includes(secret) ? ['a secret is told'] : []),
      ...leftovers,
    ],
  };
}
