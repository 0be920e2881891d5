import { chmod, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readSecret } from '../../src/credentials/read-secret.ts';
import { fakeJob } from '../support/fake-job.ts';

const canary = 'hvs.CANARY-0123456789';

test('readSecret() takes a variable, a file or stdin, without the last line break', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'secret-'));
  await writeFile(join(folder.path, 'token'), `${canary}\r\n`, { mode: 0o600 });
  const { job, stderr } = fakeJob({
    env: { TOKEN: canary },
    cwd: folder.path,
    stdin: Readable.from([Buffer.from(canary.slice(0, 5)), Buffer.from(`${canary.slice(5)}\n`)]),
  });
  for (const from of ['env:TOKEN', 'file:token', 'stdin']) {
    expect((await readSecret(job, from, 'token')).reveal(), from).toBe(canary);
  }
  expect(stderr()).toBe('');
});

test('readSecret() makes it known to the redactor', async () => {
  const { job } = fakeJob({ env: { TOKEN: canary } });
  await readSecret(job, 'env:TOKEN', 'token');
  expect(job.context.redactor.redact(`it is ${canary}`)).toBe('it is [redacted]');
});

test('readSecret() warns of a file that others may read', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'secret-'));
  await writeFile(join(folder.path, 'token'), canary);
  await chmod(join(folder.path, 'token'), 0o644);
  const { job, stderr } = fakeJob({ cwd: folder.path });
  await readSecret(job, 'file:token', 'token');
  expect(stderr()).toMatch(/warning: token holds a secret, and others may read it/);
});

test.each([
  ['env:NOWHERE', /NOWHERE is not set: there is no wrapping token/],
  ['env:EMPTY', /EMPTY is not set/],
  ['env:BLANK', /BLANK is empty/],
  ['env:WORDS', /WORDS holds more than one word/],
  ['env:LINES', /LINES holds more than one word/],
  ['env:NUL', /NUL holds more than one word/],
  ['file:nowhere', /"nowhere" cannot be read: ENOENT/],
  ['file:.', /"\." cannot be read: EISDIR/],
  ['file:/dev/null', /"\/dev\/null" is empty/],
  ['stdin', /stdin is too large/],
])('readSecret() from %s says what is wrong, with exit code 2', async (from, message) => {
  const { job } = fakeJob({
    env: {
      EMPTY: '',
      BLANK: '\n',
      WORDS: `${canary} x`,
      LINES: `${canary}\n${canary}`,
      NUL: 'CANARY\0',
    },
    cwd: import.meta.dirname,
    stdin: Readable.from([Buffer.alloc(70_000, 'CANARY')]),
  });
  const failure = await readSecret(job, from, 'wrapping token').catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'CliError', exitCode: 2 });
  expect((failure as Error).message).toMatch(message);
  expect((failure as Error).message).not.toContain('CANARY');
});
