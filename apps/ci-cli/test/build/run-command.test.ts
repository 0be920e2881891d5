import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RunCommandOptions, runCommand } from '../../src/build/run-command.ts';
import { Interruption } from '../../src/interruption.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'exoship-run-'));
});
afterEach(async () => await rm(cwd, { recursive: true, force: true }));

const lines: string[] = [];
const options = (changes: Partial<RunCommandOptions> = {}): RunCommandOptions => {
  lines.length = 0;
  const { signal } = new AbortController();
  const onLine = (line: string): void => void lines.push(line);
  return { cwd, env: process.env, timeoutMs: 30_000, signal, onLine, ...changes };
};
const sh = (script: string, changes?: Partial<RunCommandOptions>) =>
  runCommand(['sh', '-c', script], options(changes));

/** A process that a script has told us of by `echo $! >pid`. */
async function toldProcess(): Promise<number> {
  return await vi.waitFor(async () => {
    const pid = Number(await readFile(join(cwd, 'pid'), 'utf8'));
    expect(pid).toBeGreaterThan(0);
    return pid;
  }, 5_000);
}

async function expectGone(pid: number): Promise<void> {
  await vi.waitFor(async () => {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => 'gone) Z');
    expect(stat.slice(stat.lastIndexOf(')') + 2)[0]).toMatch(/[ZX]/);
  }, 5_000);
}

test('runCommand() tells every line and the exit code, and keeps the last lines', async () => {
  const end = await sh('for n in $(seq 25); do echo "line $n"; done; echo oops >&2; exit 3');
  expect(end.exitCode).toBe(3);
  expect(lines).toHaveLength(26);
  expect(end.lastLines).toHaveLength(20);
  expect(lines).toContain('oops');
});

test('runCommand() hands on what is needed to run, and no credential', async () => {
  await sh('env', {
    env: { PATH: process.env.PATH, LANG: 'C', VAULT_TOKEN: 'x', CI_JOB_TOKEN: 'y' },
  });
  expect(lines.map((line) => line.split('=')[0])).toEqual(expect.arrayContaining(['PATH', 'LANG']));
  expect(lines.join()).not.toMatch(/TOKEN/);
});

test('runCommand() says that a program is not installed', async () => {
  await expect(runCommand(['no-such-program'], options())).rejects.toMatchObject({
    exitCode: 2,
    message: 'Cannot run "no-such-program": it is not installed',
  });
});

test('runCommand() ends a command that takes too long', async () => {
  await expect(sh('sleep 60', { timeoutMs: 100 })).rejects.toMatchObject({
    exitCode: 12,
    message: '"sh" was stopped: it took longer than 100 ms',
  });
});

test.each([
  ['polite', ''],
  ['stubborn', "trap '' TERM; "],
])('runCommand() ends a %s command and its children when told to stop', async (_name, manners) => {
  const interrupted = new AbortController();
  const reason = new Interruption('SIGINT');
  const running = sh(`${manners}sleep 60 & echo $! >pid; wait`, { signal: interrupted.signal });
  const pid = await toldProcess();
  interrupted.abort(reason);
  await expect(running).rejects.toBe(reason);
  await expectGone(pid);
});

test('runCommand() leaves nothing running that the command left', async () => {
  expect(await sh('sleep 60 & echo $! >pid; exit 0')).toMatchObject({ exitCode: 0 });
  await expectGone(await toldProcess());
});

test('runCommand() does not wait for a process that left the group and holds the output', async () => {
  await sh('setsid sleep 60 & echo $! >pid; sleep 0.2');
  process.kill(await toldProcess(), 'SIGKILL');
});

test('runCommand() starts nothing once it is told to stop', async () => {
  const reason = new Interruption('SIGINT');
  await expect(sh('echo $$ >pid', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(readFile(join(cwd, 'pid'))).rejects.toThrow('ENOENT');
});

test('the command ends when the process that runs it is killed', async () => {
  const module = fileURLToPath(new URL('../../src/build/run-command.ts', import.meta.url));
  const script = `
    const { runCommand } = await import(${JSON.stringify(module)});
    await runCommand(['sh', '-c', "trap '' TERM; sleep 60 & echo $! >pid; wait"], {
      cwd: ${JSON.stringify(cwd)}, env: process.env, timeoutMs: 60_000,
      signal: new AbortController().signal, onLine() {},
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: 'ignore',
  });
  const pid = await toldProcess();
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expectGone(pid);
});
