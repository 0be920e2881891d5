import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { isAlive } from '../support/is-alive.ts';
import { waitFor } from '../support/wait-for.ts';

const host = `
import { spawn } from 'node:child_process';
import { startWatchdog } from '${new URL('../../src/live/watchdog.ts', import.meta.url).href}';
const [folder] = process.argv.slice(1);
const watchdog = await startWatchdog(folder);
const idle = ['-e', 'setInterval(() => {}, 1000)'];
const start = (cwd) => spawn(process.execPath, idle, { cwd, detached: true, stdio: 'ignore' }).pid;
const [forgotten, guarded, stray] = [start('/'), start('/'), start(folder + '/instances')];
watchdog.guard(forgotten);
watchdog.guard(guarded);
watchdog.forget(forgotten);
console.log(JSON.stringify({ forgotten, guarded, stray }));
`;

interface Pids {
  readonly forgotten: number;
  readonly guarded: number;
  readonly stray: number;
}

test('startWatchdog() kills what is guarded and removes the folder when its host gets SIGKILL', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'exoship-test-')));
  await mkdir(join(folder, 'instances'));
  const child = spawn(process.execPath, ['--input-type=module', '-e', host, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { forgotten, guarded, stray } = JSON.parse(line) as Pids;
  try {
    expect([forgotten, guarded, stray].map(isAlive)).toEqual([true, true, true]);
    child.kill('SIGKILL');
    await waitFor('the guarded group to die', () => !isAlive(guarded));
    await waitFor('the group that was never named to die', () => !isAlive(stray));
    await waitFor('the folder to go', () => !existsSync(folder));
    expect(isAlive(forgotten)).toBe(true);
  } finally {
    process.kill(forgotten, 'SIGKILL');
  }
});
