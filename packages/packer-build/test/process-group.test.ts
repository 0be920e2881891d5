import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { stopGroup } from '../src/process-group.ts';
import { systemClock } from '../src/system-clock.ts';
import { createBuildFolder, eventually } from './build-folder.ts';

test.skipIf(!existsSync('/proc/self/stat'))('stopGroup() does not wait for zombies', async () => {
  await using folder = await createBuildFolder();
  // A parent that stands still reaps nobody: its child, the leader of a group, ends and stays.
  const script = `
    const { spawn } = require('node:child_process');
    const child = spawn('true', { detached: true, stdio: 'ignore' });
    require('node:fs').writeFileSync(${JSON.stringify(folder.at('pid'))}, String(child.pid));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`;
  const parent = spawn(execPath, ['-e', script], { stdio: 'ignore' });
  try {
    await eventually(() => existsSync(folder.at('pid')) && folder.read('pid') !== '');
    const groupId = Number(folder.read('pid'));
    await eventually(() => /^State:\s+Z/m.test(readFileSync(`/proc/${groupId}/status`, 'utf8')));
    let sleeps = 0;
    const sleep = async (): Promise<void> => {
      sleeps += 1;
    };
    await stopGroup(groupId, { clock: { ...systemClock, sleep }, graceMs: 3_000 });
    expect(sleeps).toBe(0);
  } finally {
    parent.kill('SIGKILL');
  }
});
