import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

test('a working directory that was removed is one line and exit code 2', async () => {
  const script = 'cd "$(mktemp -d)" && rmdir "$PWD" && exec "$0" "$1" build';
  const { exitCode, stderr } = await new Promise<{ exitCode: unknown; stderr: string }>((resolve) =>
    execFile('/bin/sh', ['-c', script, process.execPath, main], (error, _stdout, text) =>
      resolve({ exitCode: error?.code, stderr: text }),
    ),
  );
  expect(stderr).toBe('error: The working directory does not exist any more: change to one\n');
  expect(exitCode).toBe(2);
});
