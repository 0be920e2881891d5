import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startWatchdog } from '../src/watchdog.ts';
import { createBuildFolder, eventually, fixturePath, isRunning } from './build-folder.ts';

test.skipIf(!existsSync('/proc/self/environ'))(
  'startWatchdog() ends what was started in the moment before we died',
  async () => {
    await using folder = await createBuildFolder();
    const guarded = folder.at('guarded');
    await mkdir(guarded);
    await writeFile(join(guarded, 'ssh-key'), 'secret');
    const pidFile = folder.at('pid');
    const script = fileURLToPath(new URL('fixtures/die-before-guard.ts', import.meta.url));
    spawn(execPath, [script], {
      stdio: 'ignore',
      env: { FOLDER: guarded, PID_FILE: pidFile, PATH: fixturePath },
    });
    await eventually(() => existsSync(pidFile) && folder.read('pid') !== '');
    const pid = Number(folder.read('pid'));
    await eventually(() => !isRunning(pid) && !existsSync(guarded));
  },
);

test('startWatchdog() touches nothing once it is dismissed', async () => {
  await using folder = await createBuildFolder();
  const watchdog = await startWatchdog({ folder: folder.path, graceMs: 1, path: fixturePath });
  await watchdog.dismiss();
  expect(existsSync(folder.path)).toBe(true);
});
