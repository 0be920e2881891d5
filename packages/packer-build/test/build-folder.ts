import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, type BuildResult, buildTemplate } from '../src/index.ts';

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url));

/** Where the stand-in is found, then this very Node, then the system. */
export const fixturePath: string = [
  join(fixtures, 'bin'),
  dirname(execPath),
  '/usr/bin',
  '/bin',
].join(delimiter);

export function readLog(name: string): string {
  return readFileSync(join(fixtures, 'logs', `${name}.machine-readable.log`), 'utf8');
}

export interface BuildFolder extends AsyncDisposable {
  readonly path: string;
  /** Absolute path of a file in the folder. */
  at(name: string): string;
  read(name: string): string;
  writeTemplate(plan: object): Promise<string>;
  build(plan: object, more?: Partial<BuildOptions>): Promise<BuildResult>;
  /** What the builds left behind in the parent of their private folders. */
  leftovers(): Promise<string[]>;
}

export async function createBuildFolder(): Promise<BuildFolder> {
  const path = await mkdtemp(join(tmpdir(), 'pb-'));
  const at = (name: string): string => join(path, name);
  const writeTemplate = async (plan: object): Promise<string> => {
    await writeFile(at('template.json'), JSON.stringify(plan));
    return at('template.json');
  };
  return {
    path,
    at,
    read: (name) => readFileSync(at(name), 'utf8'),
    writeTemplate,
    build: async (plan, more) =>
      await buildTemplate({
        template: await writeTemplate(plan),
        folder: at('private'),
        env: { PATH: fixturePath },
        ...more,
      }),
    leftovers: async () => (existsSync(at('private')) ? await readdir(at('private')) : []),
    [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true }),
  };
}

/** Looks until it is so; fails the test when that never happens. */
export async function eventually(isSo: () => boolean): Promise<void> {
  const deadline = AbortSignal.timeout(10_000);
  while (!isSo()) await delay(10, undefined, { signal: deadline });
}

/** A zombie has ended; only its parent has not noticed. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
