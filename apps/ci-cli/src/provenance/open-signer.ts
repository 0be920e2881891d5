import { resolve } from 'node:path';
import { createKeylessSigner, createKeySigner, type Signer } from '@exoship/provenance';
import { CliError } from '../cli-error.ts';
import type { SigningConfig } from '../config/provenance-schema.ts';
import type { Settings } from '../config/settings.ts';
import { readSecret } from '../credentials/read-secret.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { signingFailure } from './provenance-failure.ts';

/** Before anything slow: who cannot sign need not build. `undefined` when nobody is asked to sign. */
export async function openSigner(
  job: Job,
  { build, folder }: Pick<Settings, 'build' | 'folder'>,
): Promise<Signer | undefined> {
  const { provenance } = build;
  if (provenance === undefined) return undefined;
  try {
    return await signerOf(job, provenance, folder);
  } catch (error) {
    throw signingFailure(error);
  }
}

async function signerOf(job: Job, signing: SigningConfig, folder: string): Promise<Signer> {
  if (signing.kind === 'key') {
    if (signing.keyFile !== undefined) {
      return await createKeySigner({ keyFile: resolve(folder, signing.keyFile) });
    }
    throw new CliError('EXOSHIP_PROVENANCE_KEY is not set: there is no key to sign with', {
      exitCode: exitCodes.usage,
      remedy: 'Set it to the path of the private key, such as a GitLab variable of type "File"',
    });
  }
  const { from, fulcio, rekor } = signing;
  return createKeylessSigner({
    identityToken: await readSecret(job, from, 'identity token for Sigstore'),
    fulcioUrl: fulcio,
    rekorUrl: rekor,
    clock: job.context.clock,
  });
}
