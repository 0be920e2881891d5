import { ExoRunnerError } from '@exoship/exo-runner';
import { ExoscaleError } from '@exoship/exoscale-api';
import { PackerError } from '@exoship/packer-build';
import { RolloutError } from '@exoship/rollout';
import { SandboxError } from '@exoship/sandbox';
import { SmokeError } from '@exoship/smoke';
import { VaultError } from '@exoship/vault-approle';
import { expect, test } from 'vitest';
import { CliError } from '../src/cli-error.ts';
import { ConfigError } from '../src/config/config-error.ts';
import { toFailure } from '../src/failure.ts';
import { Interruption } from '../src/interruption.ts';

const vault = (code: 'denied' | 'sealed' | 'unreachable', retryable: boolean) =>
  new VaultError('Cannot log in', { code, path: 'auth/approle/login', retryable });
const mend = new CliError('Rolled back', { exitCode: 14, remedy: 'Mend the app' });

test.each<[string, unknown, object]>([
  [
    'one of ours',
    mend,
    { exitCode: 14, message: 'Rolled back', remedy: 'Mend the app', retryable: false },
  ],
  [
    'a configuration',
    new ConfigError('syntax', { subject: 'exoship.yaml', problems: [] }),
    { exitCode: 2, remedy: expect.stringContaining('docs/configuration.md') },
  ],
  [
    'a configuration that is not there',
    new ConfigError('file-missing', { subject: 'exoship.yaml', problems: [] }),
    { exitCode: 2, remedy: expect.stringContaining('--config') },
  ],
  [
    'a setting',
    new ConfigError('setting-missing', { subject: 'the settings', problems: [] }),
    { exitCode: 2, remedy: expect.stringContaining('variable') },
  ],
  [
    'a wrapping token that somebody else opened',
    new VaultError('Cannot trust the wrapping token', {
      code: 'intercepted',
      path: 'sys/wrapping/lookup',
      retryable: false,
    }),
    { exitCode: 17, remedy: expect.stringContaining('docs/credentials.md'), retryable: false },
  ],
  [
    'an unwrap that nobody answered',
    new VaultError('Cannot open', {
      code: 'ambiguous',
      path: 'sys/wrapping/unwrap',
      retryable: false,
    }),
    { exitCode: 17 },
  ],
  [
    'a login that nobody answered',
    new VaultError('Cannot log in', {
      code: 'ambiguous',
      path: 'auth/approle/login',
      retryable: false,
    }),
    { exitCode: 10 },
  ],
  [
    'a Vault that refuses',
    vault('denied', false),
    {
      exitCode: 10,
      message: 'Vault: Cannot log in',
      remedy: expect.stringContaining('policies'),
      retryable: false,
    },
  ],
  [
    'a Vault that is away',
    vault('unreachable', true),
    { exitCode: 10, remedy: expect.stringContaining('VAULT_ADDR'), retryable: true },
  ],
  [
    'a sealed Vault',
    vault('sealed', true),
    { exitCode: 10, remedy: expect.stringContaining('Unseal') },
  ],
  [
    'Exoscale',
    new ExoscaleError('Cannot scale', { code: 'server', call: 'PUT /x', retryable: true }),
    { exitCode: 11, message: 'Cannot scale', retryable: true },
  ],
  [
    'a key',
    new ExoRunnerError('Cannot use the API key', { code: 'invalid-key' }),
    { exitCode: 11, retryable: false },
  ],
  [
    'an instance nobody can find',
    new SmokeError('instance-unknown', 'Cannot tell', { retryable: false }),
    { exitCode: 11 },
  ],
  [
    'Packer',
    new PackerError('build-failed', 'Build failed'),
    { exitCode: 12, message: 'Build failed' },
  ],
  [
    'no Packer',
    new PackerError('not-installed', 'Cannot run "packer"'),
    { exitCode: 2, remedy: expect.stringContaining('withoutPacker') },
  ],
  [
    'no QEMU',
    new PackerError('qemu-missing', 'Cannot run "qemu-img": install qemu-utils'),
    { exitCode: 2, message: 'Cannot run "qemu-img": install qemu-utils' },
  ],
  [
    'a pool that cannot be read',
    new RolloutError('pool-gone', 'Cannot read the pool'),
    { exitCode: 15 },
  ],
  ['the sandbox', new SandboxError('port-taken', 'Cannot listen'), { exitCode: 2 }],
  [
    'a signal',
    new Interruption('SIGINT'),
    { exitCode: 130, message: 'Interrupted by SIGINT', retryable: true },
  ],
  [
    'a signal that met a failing cleanup',
    new SuppressedError(new RangeError('x'), new Interruption('SIGTERM')),
    { exitCode: 143 },
  ],
  [
    'an error that met a failing cleanup',
    new SuppressedError(new RangeError('x'), mend),
    { exitCode: 14 },
  ],
  [
    'a bug',
    new RangeError('Invalid array length'),
    {
      exitCode: 1,
      message: 'Unexpected: Invalid array length',
      stack: expect.stringContaining('failure.test.ts'),
    },
  ],
  [
    'a bug that throws a text',
    'oops',
    { exitCode: 1, message: 'Unexpected: oops', stack: undefined },
  ],
])('toFailure() of %s', (_name, error, expected) => {
  expect(toFailure(error)).toMatchObject(expected);
});

test('toFailure() shows a stack for bugs only', () => {
  expect(toFailure(mend).stack).toBeUndefined();
  expect(toFailure(vault('denied', false)).stack).toBeUndefined();
});
