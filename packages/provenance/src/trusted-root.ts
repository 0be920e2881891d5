import { readFile } from 'node:fs/promises';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { ProvenanceError } from './error.ts';

/** Where the keys of Fulcio and Rekor come from. */
export interface RootSource {
  /** A `trusted_root.json`; without it, the one of the public Sigstore is fetched, by TUF. */
  readonly trustedRootFile?: string | undefined;
  /** Where TUF keeps what it has fetched; needed without a file. */
  readonly cacheFolder?: string | undefined;
  /** @default 'https://tuf-repo-cdn.sigstore.dev' */
  readonly mirrorUrl?: string | undefined;
}

/** @throws ProvenanceError `trust-unusable` */
export async function readTrustedRoot(source: RootSource): Promise<TrustedRoot> {
  const { trustedRootFile, cacheFolder, mirrorUrl } = source;
  if (trustedRootFile !== undefined) return await readRootFile(trustedRootFile);
  if (cacheFolder === undefined) {
    throw new TypeError('Trust needs "trustedRootFile", or "cacheFolder" to fetch the public one');
  }
  try {
    const { getTrustedRoot } = await import('@sigstore/tuf');
    return await getTrustedRoot({
      cachePath: cacheFolder,
      ...(mirrorUrl !== undefined && { mirrorURL: mirrorUrl }),
    });
  } catch (cause) {
    throw new ProvenanceError(
      'trust-unusable',
      `Cannot fetch the trusted root of Sigstore: ${(cause as Error).message}`,
      { retryable: true, cause },
    );
  }
}

async function readRootFile(file: string): Promise<TrustedRoot> {
  const { TrustedRoot } = await import('@sigstore/protobuf-specs');
  try {
    return TrustedRoot.fromJSON(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing ? 'there is no such file' : 'it is no trusted_root.json';
    throw new ProvenanceError(
      'trust-unusable',
      `Cannot use the trusted root "${file}": ${why}`,
      isMissing ? {} : { cause },
    );
  }
}
