import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PackerError } from './error.ts';

/** A plugin as `required_plugins` names it. */
interface RequiredPlugin {
  readonly name: string;
  readonly version: string;
}

const BLOCK = /required_plugins\s*\{((?:[^{}]|\{[^{}]*\})*)\}/g;
const ENTRY = /([A-Za-z_][\w-]*)\s*=\s*\{([^{}]*)\}/g;
const VERSION = /\bversion\s*=\s*"([^"]*)"/;
const COMMENT = /(^|\s)(#|\/\/).*$/gm;

/** In this version plugins left the core, and `packer init` came. */
export function hasPlugins(packerVersion: string): boolean {
  const [major = 0, minor = 0] = packerVersion.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 7);
}

/**
 * Reads which plugins a file, or a folder of files, asks for. Only a version that names one release is taken: with any
 * other, the same commit would be built by another plugin tomorrow.
 *
 * @throws PackerError `template-invalid`
 */
export async function readRequiredPlugins(path: string): Promise<readonly string[]> {
  const text = (await readHcl(path)).replaceAll(COMMENT, '');
  const plugins = [...text.matchAll(BLOCK)].flatMap(([, block = '']) =>
    [...block.matchAll(ENTRY)].map(([, name = '', body = '']): RequiredPlugin => {
      return { name, version: VERSION.exec(body)?.[1] ?? '' };
    }),
  );
  for (const { name, version } of plugins) {
    if (/^=?\s*v?\d+\.\d+\.\d+$/.test(version)) continue;
    throw new PackerError(
      'template-invalid',
      `Cannot take plugin "${name}" in version "${version}": it must name one release, such as "1.1.0"`,
    );
  }
  return plugins.map(({ name, version }) => `${name} ${version}`);
}

/** Nothing for JSON, which cannot ask for plugins. */
async function readHcl(path: string): Promise<string> {
  const isFolder = (await stat(path)).isDirectory();
  const names = isFolder ? await readdir(path) : [''];
  const files = names.map((name) => join(path, name)).filter((file) => file.endsWith('.pkr.hcl'));
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
}
