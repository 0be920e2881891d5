import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  type Command,
  createRedactor,
  createSecret,
  type RunOptions,
  runWithKey,
} from '../src/index.ts';
import { waitUntil } from './wait-until.ts';

const credentials = { key: 'EXO123', secret: createSecret('CANARY-api-secret-5555') };
const env = { PATH: process.env.PATH, VAULT_TOKEN: 'hvs.CANARY-vault', SOMETHING: 'else' };

function run(command: Command, options: Partial<RunOptions> = {}) {
  return runWithKey(command, { credentials, env, ...options });
}

function collector(): Writable & { text(): string } {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      chunks.push(chunk);
      callback();
    },
  });
  return Object.assign(sink, { text: () => Buffer.concat(chunks).toString() });
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

async function isGone(pidFile: string): Promise<boolean> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    // A zombie has ended; it only waits for init to take notice.
    return (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z ');
  } catch {
    return true;
  }
}

describe('runWithKey()', () => {
  test.each([
    ['options', ['true'], undefined, 'Missing options of runWithKey()'],
    ['credentials', ['true'], { env }, 'Missing credentials: want'],
    ['command', 'true', { credentials, env }, 'Missing command'],
  ])('names what is missing: %s', async (_what, command, options, message) => {
    const running = runWithKey(command as never, options as never);
    await expect(running).rejects.toThrow(message);
  });

  test('gives the command the key and nothing else that is secret', async () => {
    const stdout = collector();
    const script = 'test $(printenv EXOSCALE_API_SECRET | wc -c) = 23 && env | cut -d= -f1 | sort';
    expect(await run(['sh', '-c', script], { stdout })).toEqual({ exitCode: 0, signal: undefined });
    const names = stdout.text().trim().split('\n');
    expect(names).toEqual(
      expect.arrayContaining(['EXOSCALE_API_KEY', 'EXOSCALE_API_SECRET', 'PATH']),
    );
    expect(names).not.toContain('VAULT_TOKEN');
    expect(names).not.toContain('SOMETHING');
    expect(process.env).toHaveProperty('VITEST');
    expect(names).not.toContain('VITEST');
  });

  test('takes the secret out of both outputs, and tells the redactor of it', async () => {
    const [stdout, stderr, redactor] = [collector(), collector(), createRedactor()];
    const script =
      'printf "out %s" "$EXOSCALE_API_SECRET"; printf "err %s" "$EXOSCALE_API_SECRET" >&2';
    await run(['sh', '-c', script], { stdout, stderr, redactor });
    expect([stdout.text(), stderr.text()]).toEqual(['out [redacted]', 'err [redacted]']);
    expect(redactor.redact('CANARY-api-secret-5555')).toBe('[redacted]');
    expect(stdout.writableEnded).toBe(false);
  });

  test('passes on all of a long output', async () => {
    const stdout = collector();
    await run(['sh', '-c', 'seq 1 50000'], { stdout });
    expect(stdout.text().split('\n')).toHaveLength(50_001);
  });

  test.each([
    ['exit 0', { exitCode: 0, signal: undefined }],
    ['exit 1', { exitCode: 1, signal: undefined }],
    ['exit 127', { exitCode: 127, signal: undefined }],
    ['kill -KILL $$', { exitCode: undefined, signal: 'SIGKILL' }],
    ['kill -TERM $$', { exitCode: undefined, signal: 'SIGTERM' }],
  ])('tells how the command ended: %s', async (script, ended) => {
    expect(await run(['sh', '-c', script])).toEqual(ended);
  });

  test('feeds the command from a stream, or not at all', async () => {
    const stdout = collector();
    await run(['cat'], { stdout, stdin: Readable.from(['hello ', 'there']) });
    await run(['cat'], { stdout });
    expect(stdout.text()).toBe('hello there');
  });

  test('does not mind a command that ignores its input', async () => {
    const stdin = Readable.from(Array.from({ length: 100 }, () => 'x'.repeat(10_000)));
    expect(await run(['true'], { stdin })).toMatchObject({ exitCode: 0 });
  });

  test('does not mind a reader that goes away', async () => {
    const stdout = new Writable({
      write(_chunk, _encoding, callback) {
        callback(Object.assign(new Error('gone'), { code: 'EPIPE' }));
      },
    });
    stdout.on('error', () => {});
    const { exitCode, signal } = await run(['sh', '-c', 'yes | head -c 1000000'], { stdout });
    expect(exitCode === undefined).toBe(signal !== undefined);
  });

  test('says when the output cannot be written', async () => {
    const stdout = new Writable({
      write: (_chunk, _encoding, callback) => callback(new Error('disk full')),
    });
    stdout.on('error', () => {});
    await expect(run(['echo', 'x'], { stdout })).rejects.toMatchObject({ code: 'output-failed' });
  });

  test('runs in the folder it is told', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'exo-runner-'));
    const stdout = collector();
    await run(['pwd'], { stdout, cwd: folder.path });
    expect(stdout.text().trim()).toBe(folder.path);
  });

  test('tells a missing program from one that may not run, without its arguments', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'exo-runner-'));
    const plain = join(folder.path, 'plain');
    await writeFile(plain, 'no program', { mode: 0o600 });
    const cases: [Command, Partial<RunOptions>, string][] = [
      [['exo-that-is-not-there', 'CANARY-argument'], {}, 'not-installed'],
      [[plain, 'CANARY-argument'], {}, 'not-executable'],
      [['true', 'CANARY-argument'], { cwd: join(folder.path, 'nowhere') }, 'spawn-failed'],
      [['true', 'CANARY-argument'.repeat(300_000)], {}, 'spawn-failed'],
    ];
    for (const [command, options, code] of cases) {
      const failure = await run(command, options).catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'ExoRunnerError', code });
      expect(inspect(failure, { depth: 9 })).not.toContain('CANARY');
    }
  });

  test('does not mind output that a daemon holds open', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'exo-runner-'));
    const stdout = collector();
    const pidFile = join(folder.path, 'pid');
    const script = `setsid sh -c 'echo $$ > ${pidFile}; exec sleep 60' & while [ ! -s ${pidFile} ]; do :; done; echo done`;
    expect(await run(['sh', '-c', script], { stdout })).toMatchObject({ exitCode: 0 });
    expect(stdout.text()).toBe('done\n');
    process.kill(Number(await readFile(pidFile, 'utf8')));
  });

  test('leaves nothing of the command running', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'exo-runner-'));
    const pidFile = join(folder.path, 'pid');
    const script = `sh -c 'echo $$ > ${pidFile}; exec sleep 60' & while [ ! -s ${pidFile} ]; do :; done`;
    expect(await run(['sh', '-c', script], { stopGraceMs: 50 })).toMatchObject({ exitCode: 0 });
    expect(await isGone(pidFile)).toBe(true);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'passes %s on and rejects with the reason',
    async (signal) => {
      const controller = new AbortController();
      const stdout = collector();
      const script = `trap 'echo got ${signal}; exit 3' ${signal.slice(3)}; echo ready; while :; do sleep 0.01; done`;
      const running = run(['sh', '-c', script], { stdout, signal: controller.signal });
      await waitUntil(() => stdout.text().includes('ready'));
      const reason = Object.assign(new Error('stopped'), { signal });
      controller.abort(reason);
      await expect(running).rejects.toBe(reason);
      expect(stdout.text()).toContain(`got ${signal}`);
    },
  );

  test('kills what does not listen, with all its descendants', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'exo-runner-'));
    const pidFile = join(folder.path, 'pid');
    const controller = new AbortController();
    const stdout = collector();
    const deaf = "trap '' TERM";
    const script = `${deaf}; sh -c '${deaf.replaceAll("'", '"')}; echo $$ > ${pidFile}; echo ready; sleep 60' & wait; sleep 60`;
    const options = { stdout, signal: controller.signal, stopGraceMs: 50 };
    const running = run(['sh', '-c', script], options);
    await waitUntil(() => stdout.text().includes('ready'));
    controller.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
    await waitUntil(() => isGone(pidFile));
  });

  test('starts nothing when it is cancelled before', async () => {
    const stdout = collector();
    const reason = new Error('stopped');
    const running = run(['echo', 'x'], { stdout, signal: AbortSignal.abort(reason) });
    await expect(running).rejects.toBe(reason);
    expect(stdout.text()).toBe('');
  });

  test.skipIf(platform() !== 'linux')(
    'the command dies with us in the moment it starts',
    async () => {
      await using folder = await mkdtempDisposable(join(tmpdir(), 'exo-runner-'));
      const pidFile = join(folder.path, 'pid');
      spawn(process.execPath, [fixture('die-before-guard.ts'), pidFile], { stdio: 'ignore' });
      await waitUntil(async () => (await readFile(pidFile, 'utf8').catch(() => '')) !== '');
      await waitUntil(() => isGone(pidFile));
    },
  );

  test('the command dies with this process, even by SIGKILL', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'exo-runner-'));
    const pidFile = join(folder.path, 'pid');
    const runner = spawn(process.execPath, [fixture('run-for-ever.ts'), pidFile], {
      stdio: 'ignore',
    });
    await waitUntil(async () => (await readFile(pidFile, 'utf8').catch(() => '')) !== '');
    expect(await isGone(pidFile)).toBe(false);
    runner.kill('SIGKILL');
    await once(runner, 'exit');
    await waitUntil(() => isGone(pidFile));
  });

  test.each([
    ['secret as an argument', ['exo', '--x=CANARY-api-secret-5555'], {}],
    ['command', [''], {}],
    ['"shell"', ['true'], { shell: true }],
    ['stopGraceMs', ['true'], { stopGraceMs: -1 }],
    ['VAULT_TOKEN', ['true'], { inherit: ['PATH', 'VAULT_TOKEN'] }],
    ['EXOSCALE_API_KEY', ['true'], { extraEnv: { EXOSCALE_API_KEY: 'x' } }],
  ])('refuses a bad %s', async (word, command, options) => {
    const running = run(command as unknown as Command, options as Partial<RunOptions>);
    const failure = await running.catch((error: unknown) => error);
    expect(String(failure)).toContain(word);
    expect(inspect(failure)).not.toContain('CANARY');
  });
});
