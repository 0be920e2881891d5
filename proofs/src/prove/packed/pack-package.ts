import { mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { list } from 'tar';
import type { PublishedPackage } from './published-packages.ts';

export interface Tarball {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** Paths inside, without the leading `package/`. */
  readonly files: readonly string[];
  readonly faults: readonly string[];
}

/** Packs one package that has been built, as publishing would. */
export async function packPackage(
  { name, folder }: PublishedPackage,
  into: string,
  signal: AbortSignal,
): Promise<Tarball> {
  const file = join(await mkdtemp(join(into, 'pack-')), `${name.replace('@exoship/', '')}.tgz`);
  await execa('pnpm', ['pack', '--out', file], { cwd: folder, cancelSignal: signal });
  const files: string[] = [];
  let manifest = '';
  await list({
    file,
    onReadEntry: (entry) => {
      const path = entry.path.replace(/^package\//, '');
      files.push(path);
      if (path !== 'package.json') return;
      entry.on('data', (chunk: Buffer) => {
        manifest += chunk.toString('utf8');
      });
    },
  });
  const { size } = await stat(file);
  return { name, file, bytes: size, files, faults: tarballFaults(files, manifest) };
}

/** What would be wrong for whoever installs it. publint and attw look at the entry points. */
export function tarballFaults(files: readonly string[], manifest: string): readonly string[] {
  const faults = ['package.json', 'LICENSE', 'README.md']
    .filter((wanted) => !files.includes(wanted))
    .map((wanted) => `the tarball lacks ${wanted}`);
  for (const protocol of ['workspace:', 'catalog:']) {
    if (manifest.includes(`"${protocol}`)) faults.push(`the manifest still says "${protocol}"`);
  }
  for (const script of files.filter((file) => file.startsWith('dist/') && file.endsWith('.js'))) {
    const source = script.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts');
    if (!files.includes(source)) faults.push(`${script} has no source: left over from a build`);
  }
  const stray = files.find((file) => /(^|\/)(test|node_modules|\.pack)\//.test(file));
  if (stray !== undefined) faults.push(`the tarball holds ${stray}`);
  return faults;
}
