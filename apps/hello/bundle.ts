import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { createBundle } from './bundle/create-bundle.ts';
import { createRelease } from './src/release.ts';

const USAGE =
  'node bundle.ts --out FILE --version VERSION [--release good|bad-health|bad-app] [--port 8080] [--lame-duck-ms 15000]';

try {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      version: { type: 'string' },
      release: { type: 'string', default: 'good' },
      port: { type: 'string' },
      'lame-duck-ms': { type: 'string' },
    },
  });
  const { out, version, release, port } = values;
  if (!out) {
    throw new TypeError('Cannot make a bundle: --out is missing');
  }
  const baked = createRelease({ version, release, port, lameDuckMs: values['lame-duck-ms'] });
  const bundle = await createBundle(baked);
  await writeWhole(out, bundle);
  process.stdout.write(
    `${out}: hello ${baked.version} (${baked.release}), ${bundle.length} bytes\n`,
  );
} catch (error) {
  process.stderr.write(`${(error as Error).message}\nUsage: ${USAGE}\n`);
  process.exitCode = 1;
}

/** A reader sees the old file or the new one, never half of it. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  await writeFile(partial, bytes);
  await rename(partial, file);
}
