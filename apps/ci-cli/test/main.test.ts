import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

async function sh(
  script: string,
): Promise<{ readonly exitCode: unknown; readonly stderr: string }> {
  return await new Promise((resolve) =>
    execFile('/bin/sh', ['-c', script, process.execPath, main], (error, _stdout, stderr) =>
      resolve({ exitCode: error?.code ?? 0, stderr }),
    ),
  );
}

test.skipIf(!existsSync('/dev/full'))('output that a full disk swallows is told', async () => {
  const { exitCode, stderr } = await sh('exec "$0" "$1" --help > /dev/full');
  expect(stderr).toMatch(/^error: Output is lost: .*ENOSPC/);
  expect(exitCode).toBe(2);
});

test('a reader that goes away is nobody’s fault', async () => {
  const { stderr } = await sh('"$0" "$1" --help | head -n 1');
  expect(stderr).toBe('');
});

test('a working directory that was removed is one line and exit code 2', async () => {
  const script = 'cd "$(mktemp -d)" && rmdir "$PWD" && exec "$0" "$1" build';
  const { exitCode, stderr } = await sh(script);
  expect(stderr).toBe('error: The working directory does not exist any more: change to one\n');
  expect(exitCode).toBe(2);
});
