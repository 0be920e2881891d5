import { chmod, mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { createExo, type ExoOptions, type ExoResult, type ExoRunOptions } from '../../src/exo.ts';
import { createSecret } from '../../src/index.ts';

const secret = 'CANARY-api-secret-5555';

/** Runs `args` with a stand-in for exo: a shell script. */
async function runExo(
  script: string,
  args: readonly string[],
  options: Partial<ExoOptions> & ExoRunOptions = {},
): Promise<{ readonly result: ExoResult; readonly left: readonly string[] }> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'exo-test-'));
  const binary = join(folder.path, 'exo');
  const workFolder = join(folder.path, 'work');
  await mkdir(workFolder);
  await writeFile(binary, `#!/bin/sh\n${script}\n`);
  await chmod(binary, 0o755);
  const { signal, timeoutMs, ...rest } = options;
  const exo = createExo({
    credentials: () => ({ key: 'EXO123', secret: createSecret(secret) }),
    zone: 'ch-gva-2',
    env: { PATH: process.env.PATH, HOME: '/root', EXOSCALE_TRACE: '1', SEEN: folder.path },
    binary,
    workFolder,
    ...rest,
  });
  const result = await exo.run(args, { signal, ...(timeoutMs && { timeoutMs }) });
  return { result, left: await readdir(workFolder) };
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => {
      throw new TypeError('Expected a rejection');
    },
    (error: Error) => error,
  );
}

const quoteArguments = String.raw`printf '['; for a in "$@"; do printf '"%s",' "$a"; done; printf '0]\n'`;

describe('createExo()', () => {
  test('asks for JSON and reads it, with null for what exo writes in its place', async () => {
    const script = `echo '[{"ip_address":"<nil>","ipv6_address":"-","name":"a-b"}]'`;
    const { result } = await runExo(script, ['compute', 'instance', 'list']);
    expect(result).toEqual({
      value: [{ ip_address: null, ipv6_address: null, name: 'a-b' }],
      warnings: [],
    });
  });

  test('runs it where no configuration file can be found, and leaves nothing behind', async () => {
    const script = `touch "$HOME/x"; printf '["%s","%s","%s","%s","%s","%s"]' "$HOME" "$PWD" "$XDG_CONFIG_HOME" "$EXOSCALE_ZONE" "$EXOSCALE_API_ENDPOINT" "$EXOSCALE_TRACE"`;
    const { result, left } = await runExo(script, ['zone', 'list']);
    const [home, cwd, config, ...rest] = result.value as string[];
    expect(home).toMatch(/\/work\/exo-/);
    expect([cwd, config]).toEqual([home, home]);
    expect(rest).toEqual(['ch-gva-2', 'https://api-ch-gva-2.exoscale.com/v2', '']);
    expect(left).toEqual([]);
  });

  test.each([
    [
      ['zone', 'list'],
      ['zone', 'list', '--output-format', 'json'],
    ],
    [
      ['c', 'pool', 'scale', 'web', '3'],
      ['c', 'pool', 'scale', 'web', '3', '--output-format', 'json', '--force'],
    ],
    [
      ['c', 'pool', 'evict', 'web', 'i', '-f'],
      ['c', 'pool', 'evict', 'web', 'i', '-f', '--output-format', 'json'],
    ],
    // Here -f would be the family.
    [
      ['c', 'template', 'list', '-v', 'private'],
      ['c', 'template', 'list', '-v', 'private', '--output-format', 'json'],
    ],
    [
      ['c', 'i', 'delete', '--', '-odd'],
      ['c', 'i', 'delete', '--output-format', 'json', '--force', '--', '-odd'],
    ],
  ])('completes %j', async (args, expected) => {
    const { result } = await runExo(quoteArguments, args);
    expect(result.value).toEqual([...expected, 0]);
  });

  test.each(['-O', '-Otext', '--output-format=text', '--output-template', '-Q', '-C', '-A'])(
    'refuses %s, which would undo that',
    async (flag) => {
      const failure = await failureOf(runExo('echo []', ['zone', 'list', flag]));
      expect(failure).toBeInstanceOf(TypeError);
    },
  );

  test('strips the spinner from what exo says, and keeps its warnings', async () => {
    const script = String.raw`printf 'Deleting instance... 0s\n\033[1A\033[J' >&2; echo 'warning: ghost not found.' >&2`;
    const { result } = await runExo(script, ['c', 'i', 'delete', 'ghost']);
    expect(result).toEqual({ value: undefined, warnings: ['warning: ghost not found.'] });
  });

  test.each([
    ['help for a command that is not there', 'echo "Usage: exo …"', 'exo-unreadable', /want JSON/],
    ['a prompt', 'printf "[+] Are you sure? [yN]: "', 'exo-unreadable', /want JSON/],
    ['nothing', 'true', 'exo-unreadable', /got nothing/],
    ['an error', 'echo "error: Forbidden: no" >&2; exit 1', 'exo-failed', /Forbidden: no/],
    ['JSON and an error', 'echo []; echo "error: x" >&2; exit 1', 'exo-failed', /exited 1/],
    ['a panic', 'echo "panic: nil" >&2; exit 2', 'exo-crashed', /panic: nil/],
    ['an end by a signal', 'kill -9 $$', 'exo-crashed', /SIGKILL/],
    ['its own secret', 'echo "error: $EXOSCALE_API_SECRET" >&2; exit 1', 'exo-failed', /redacted/],
  ])('takes %s for a failure', async (_what, script, code, words) => {
    const failure = await failureOf(runExo(script, ['c', 'i', 'list']));
    expect(failure).toMatchObject({ name: 'ExoRunnerError', code, retryable: false });
    expect(failure.message).toMatch(words);
    expect(failure.message).not.toContain('CANARY');
  });

  test('does not wait for ever, and ends what hangs with all its children', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'exo-pid-'));
    const file = join(folder.path, 'pid');
    const script = `sleep 60 & echo $! > ${file}; wait`;
    const failure = await failureOf(runExo(script, ['c', 'i', 'list'], { timeoutMs: 400 }));
    expect(failure).toMatchObject({ code: 'exo-timed-out' });
    const state = await readFile(`/proc/${(await readFile(file, 'utf8')).trim()}/stat`, 'utf8')
      .then((text) => text.includes(') Z '))
      .catch(() => true);
    expect(state).toBe(true);
  });

  test('rejects with the reason of the signal', async () => {
    const reason = new Error('enough');
    const options = { signal: AbortSignal.abort(reason) };
    expect(await failureOf(runExo('echo []', ['zone', 'list'], options))).toBe(reason);
  });

  test('says when there is no exo', async () => {
    const failure = await failureOf(runExo('', ['zone', 'list'], { binary: 'no-such-exo' }));
    expect(failure).toMatchObject({ code: 'not-installed' });
  });

  test.each([
    [{ zone: 'mars' }, 'zone'],
    [{ endpoint: 'https://api.example.com' }, '/v2'],
    [{ endpoint: 'https://api.example.com/v2/' }, '/v2'],
    [{ endpoint: 'https://a:b@api.example.com/v2' }, 'credentials'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ zones: 'x' }, '"zones"'],
  ])('refuses %o', (options, words) => {
    const credentials = () => ({ key: 'EXO123', secret: createSecret(secret) });
    const all = { credentials, zone: 'ch-gva-2', env: {}, ...options };
    expect(() => createExo(all)).toThrow(words);
  });

  test('refuses the secret of its credentials among the arguments', async () => {
    const failure = await failureOf(runExo('echo []', ['c', 'i', 'show', secret]));
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure.message).not.toContain('CANARY');
  });
});
