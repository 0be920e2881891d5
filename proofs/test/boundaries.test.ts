import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

async function manifests(): Promise<readonly Manifest[]> {
  const all: Manifest[] = [];
  for await (const file of glob('packages/*/package.json', { cwd: root })) {
    all.push(JSON.parse(readFileSync(`${root}${file}`, 'utf8')) as Manifest);
  }
  return all;
}

test('no package depends on another one, not even for its tests', async () => {
  const all = await manifests();
  expect(all.length).toBeGreaterThanOrEqual(8);
  for (const { name, ...lists } of all) {
    const { dependencies, devDependencies, peerDependencies } = lists;
    const named = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
    expect({ [name]: named.filter((other) => other.startsWith('@exoship/')) }).toEqual({
      [name]: [],
    });
  }
});

test('no dependency runs a script when it is installed, but for the workspace’s own Node', () => {
  const workspace = readFileSync(`${root}pnpm-workspace.yaml`, 'utf8');
  expect(workspace).toMatch(/allowBuilds:\n {2}node: true\n {2}esbuild: false\n/);
});
