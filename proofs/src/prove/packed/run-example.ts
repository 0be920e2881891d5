import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Consumer, Run } from './consumer.ts';
import { repository } from './published-packages.ts';

export interface Example {
  readonly name: string;
  readonly code: string;
}

/** Where an example is written: outside `node_modules`, because only there does Node strip types. */
function fileOf(name: string): string {
  return `${name.replace('@exoship/', '')}.ts`;
}

/** Runs the example of a README as its reader would. */
export async function runExample(
  consumer: Consumer,
  { name, code }: Example,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Run> {
  await writeFile(join(consumer.folder, fileOf(name)), code);
  return await consumer.run(['node', fileOf(name)], { env, signal });
}

/** Checks the examples against the packed type declarations, as strictly as TypeScript can. */
export async function typeFaults(
  consumer: Consumer,
  examples: readonly Example[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
    typeRoots: [join(repository, 'node_modules/@types')],
    types: ['node'],
  };
  const files = examples.map(({ name }) => fileOf(name));
  const config = join(consumer.folder, 'tsconfig.json');
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  const tsc = join(repository, 'node_modules/.bin/tsc');
  const { stdout } = await execa(tsc, ['-p', config, '--pretty', 'false'], {
    cwd: consumer.folder,
    reject: false,
    cancelSignal: signal,
  });
  return stdout.split('\n').filter((line) => line.includes('error TS'));
}
