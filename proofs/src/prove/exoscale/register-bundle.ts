import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Exoscale, importTemplate } from '@exoship/exoscale-api';
import { createBundle } from '../../../../apps/hello/bundle/create-bundle.ts';

export interface BundleRequest {
  readonly name: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** Makes a template that boots; resolves with its id. */
export async function registerBundle(
  exoscale: Exoscale,
  { name, port, signal }: BundleRequest,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'exoship-bundle-'));
  try {
    const file = join(folder, `${name}.tar.gz`);
    const release = { version: '1', release: 'good', port, lameDuckMs: 0 } as const;
    await writeFile(file, await createBundle(release));
    return (await importTemplate(exoscale, { file, name, bucket: 'bundles', signal })).id;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
