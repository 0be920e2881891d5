import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import {
  buildTemplate,
  createSshKey,
  isPackerError,
  type PackerError,
  type PackerEvent,
} from '../src/index.ts';
import { createBuildFolder, fixturePath } from './build-folder.ts';

async function failureOf(building: Promise<unknown>): Promise<PackerError> {
  const error = await building.catch((reason: unknown) => reason);
  if (!isPackerError(error)) throw new TypeError(`Expected a PackerError: got ${inspect(error)}`);
  return error;
}

test('buildTemplate() returns what was made and tells how it went', async () => {
  await using folder = await createBuildFolder();
  const events: PackerEvent[] = [];
  const result = await folder.build(
    { replay: 'exoscale-import-ok' },
    { onEvent: (event) => events.push(event) },
  );
  expect(result.version).toBe('1.6.6');
  expect(result.artifacts.at(-1)).toEqual({
    build: 'import',
    builderId: 'packer.post-processor.exoscale-import',
    id: '11111111-2222-4333-8444-555555555555',
    description: '11111111-2222-4333-8444-555555555555',
    files: [],
  });
  expect(result.lastMessages.at(-1)).toBe('--> import: 11111111-2222-4333-8444-555555555555');
  const phases = events.flatMap((event) => (event.type === 'phase-entered' ? [event.phase] : []));
  expect(phases).toEqual([
    'fetching',
    'post-processing',
    'uploading',
    'registering',
    'cleaning-up',
    'post-processing',
    'finished',
  ]);
  expect(events.filter(({ type }) => type === 'artifact-created')).toHaveLength(2);
});

test('buildTemplate() shuts Packer into a private folder and an environment of few names', async () => {
  await using folder = await createBuildFolder();
  const report = folder.at('report.json');
  await folder.build(
    { replay: 'build-ok', report },
    {
      env: {
        PATH: fixturePath,
        HOME: '/home/ci',
        LC_ALL: 'C',
        VAULT_TOKEN: 'hvs.1',
        EXOSCALE_API_KEY: 'EXO1',
      },
      inherit: ['EXOSCALE_API_KEY'],
      variables: { version: '1.2.3' },
      only: ['hello', 'other'],
    },
  );
  const { args, env, cwd, beside, folderMode } = JSON.parse(folder.read('report.json'));
  expect(args).toEqual([
    'build',
    '-machine-readable',
    '-color=false',
    '-on-error=cleanup',
    '-only=hello,other',
    '-var',
    'version=1.2.3',
    folder.at('template.json'),
  ]);
  const privateFolder = env.HOME.slice(0, -'/h'.length);
  expect(privateFolder.startsWith(`${folder.at('private')}/pk-`)).toBe(true);
  expect(env).toEqual({
    PATH: fixturePath,
    LC_ALL: 'C',
    EXOSCALE_API_KEY: 'EXO1',
    CHECKPOINT_DISABLE: '1',
    HOME: `${privateFolder}/h`,
    TMPDIR: `${privateFolder}/t`,
    PACKER_CACHE_DIR: `${privateFolder}/c`,
    PACKER_PLUGIN_PATH: '/home/ci/.config/packer/plugins',
  });
  expect(cwd).toBe(`${privateFolder}/w`);
  expect(beside).toEqual(['private', 'template.json']);
  expect(folderMode).toBe('700');
  expect(await folder.leftovers()).toEqual([]);
});

test('buildTemplate() hands secrets over in a private file and hides them everywhere', async () => {
  await using folder = await createBuildFolder();
  const token = 'hunter2,with/odd chars';
  const key =
    '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAAB3NzaC1yc2E\nZZZZZZZZ\n-----END OPENSSH PRIVATE KEY-----\n';
  const plan = {
    report: folder.at('report.json'),
    print: [
      '1,,ui,message,    hello: hunter2%!(PACKER_COMMA)with/odd chars',
      `1,,ui,message,    hello: b64 ${Buffer.from(token).toString('base64')}`,
      `1,,ui,message,    hello: url ${encodeURIComponent(token)}`,
      '1,,ui,error,==> hello: AAAAB3NzaC1yc2E',
      'panic: hunter2,with/odd chars',
      '1,,ui,error,GET https://api.example/v1?apikey=EXOabc&command=x&signature=c2ln%3D failed',
      '1,hello,error,hunter2%!(PACKER_COMMA)with/odd chars was refused; password swordfish',
    ],
    exitCode: 1,
  };
  const events: PackerEvent[] = [];
  const error = await failureOf(
    folder.build(plan, {
      secretVariables: { token: { reveal: () => token }, key: { reveal: () => key } },
      redact: (text) => text.replaceAll('swordfish', '***'),
      onEvent: (event) => events.push(event),
    }),
  );
  const { args, variableMode, variables, env } = JSON.parse(folder.read('report.json'));
  expect(variables).toEqual({ token, key });
  expect(variableMode).toBe('600');
  expect(JSON.stringify([args, env])).not.toContain('hunter2');
  expect(error.message).toContain('[redacted] was refused; password ***');
  const everything = inspect([error, events], { depth: 9 });
  for (const secret of ['hunter2', 'aHVudGVyMi', 'AAAAB3', 'EXOabc', 'c2ln', 'swordfish']) {
    expect(everything).not.toContain(secret);
  }
  expect(everything).toContain('command=x');
  expect(await folder.leftovers()).toEqual([]);
});

test.for([
  ['build-fail-provisioner', 'provisioner-failed', 'Script exited with non-zero exit status: 1'],
  ['build-fail-local-provisioner', 'provisioner-failed', 'non-zero exit status: 7'],
  ['build-fail-on-error-abort', 'provisioner-failed', 'non-zero exit status: 7'],
  ['build-fail-ssh-timeout', 'ssh-timeout', 'Timeout waiting for SSH.'],
  ['build-fail-kvm-hang', 'ssh-timeout', 'Timeout waiting for SSH.'],
  ['build-fail-post-processor', 'post-processor-failed', 'Post-processor failed'],
  ['build-fail-upload', 'upload-failed', 'AccessDenied'],
  ['build-fail-registration', 'registration-failed', 'template name already taken'],
  ['build-fail-registration-job', 'registration-failed', 'image could not be fetched'],
  ['build-fail-disk-full', 'disk-full', 'no space left on device'],
  ['build-fail-unknown-builder', 'component-missing', 'Unknown builder nosuch'],
  ['build-fail-unknown-builder-hcl2', 'component-missing', 'Unknown source type nosuch'],
  ['build-fail-unknown-post-processor', 'component-missing', 'Unknown post-processor nosuchpp'],
  ['build-fail-syntax-json', 'template-invalid', 'Failed to parse template'],
  ['build-fail-syntax-hcl2', 'template-invalid', 'Invalid expression'],
  ['build-fail-unset-variable', 'template-invalid', 'required variable not set: needed'],
  ['build-fail-missing-template', 'template-invalid', 'no such file or directory'],
  ['build-cancelled-sigterm', 'interrupted', 'Cleanly cancelled'],
] as const)('buildTemplate() tells %s as %s', async ([replay, code, text]) => {
  await using folder = await createBuildFolder();
  const error = await failureOf(folder.build({ replay, exitCode: 1 }));
  expect(error).toMatchObject({ code, exitCode: 1 });
  expect(error.message).toContain(text);
  expect(error.message).not.toContain('\n');
  expect(error.lastMessages).not.toEqual([]);
});

test('buildTemplate() tells what the other builds made when one fails', async () => {
  await using folder = await createBuildFolder();
  const error = await failureOf(folder.build({ replay: 'build-fail-one-of-two', exitCode: 1 }));
  expect(error.code).toBe('provisioner-failed');
  expect(error.artifacts).toMatchObject([{ build: 'good', id: 'Null' }]);
});

test('buildTemplate() does not take an exit code of 0 for a success', async () => {
  await using folder = await createBuildFolder();
  const error = await failureOf(folder.build({ replay: 'build-nothing-to-do' }));
  expect(error.code).toBe('no-artifact');
});

test('buildTemplate() does not take an artifact for a success', async () => {
  await using folder = await createBuildFolder();
  const error = await failureOf(folder.build({ replay: 'build-ok', exitCode: 1 }));
  expect(error.code).toBe('build-failed');
});

test('buildTemplate() says which file it cannot read', async () => {
  await using folder = await createBuildFolder();
  const template = folder.at('missing.json');
  const error = await failureOf(folder.build({}, { template }));
  expect(error).toMatchObject({ code: 'template-invalid', message: `Cannot read "${template}"` });
});

test('buildTemplate() survives a flood without line breaks', async () => {
  await using folder = await createBuildFolder();
  const flood = `1,,ui,message,    hello: ${'x'.repeat(300_000)}`;
  const events: PackerEvent[] = [];
  await folder.build(
    { print: [flood], replay: 'build-ok' },
    { onEvent: (event) => events.push(event) },
  );
  const texts = events.flatMap((event) => (event.type === 'message-logged' ? [event.text] : []));
  expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(64 * 1024);
});

test('buildTemplate() survives a listener that throws', async () => {
  await using folder = await createBuildFolder();
  const onEvent = (): never => {
    throw new TypeError('listener');
  };
  expect((await folder.build({ replay: 'build-ok' }, { onEvent })).artifacts).toHaveLength(3);
});

test('buildTemplate() tells a Packer that somebody else killed', async () => {
  await using folder = await createBuildFolder();
  const error = await failureOf(folder.build({ killSelf: 'SIGKILL' }));
  expect(error).toMatchObject({ code: 'interrupted', retryable: true, exitCode: undefined });
  expect(error.message).toContain('Packer was ended by SIGKILL');
});

test('buildTemplate() fails rather than go on without its redaction', async () => {
  await using folder = await createBuildFolder();
  const fault = new TypeError('redactor');
  const redact = (): never => {
    throw fault;
  };
  const building = folder.build({ replay: 'build-ok' }, { redact });
  await expect(building.catch((error: unknown) => error)).resolves.toBe(fault);
  expect(await folder.leftovers()).toEqual([]);
});

test('buildTemplate() keeps builds that run at the same time apart', async () => {
  await using folder = await createBuildFolder();
  const template = await folder.writeTemplate({ replay: 'build-ok-hcl2' });
  const options = { template, folder: folder.at('private'), env: { PATH: fixturePath } };
  const results = await Promise.all([1, 2, 3].map(async () => await buildTemplate(options)));
  expect(results.map(({ artifacts }) => artifacts.length)).toEqual([3, 3, 3]);
  expect(await folder.leftovers()).toEqual([]);
});

test('buildTemplate() says that its folder cannot be made', async () => {
  await using folder = await createBuildFolder();
  const template = await folder.writeTemplate({ replay: 'build-ok' });
  const error = await failureOf(folder.build({ replay: 'build-ok' }, { folder: template }));
  expect(error).toMatchObject({
    code: 'folder-unusable',
    message: `Cannot make a folder in "${template}"`,
  });
});

test.for<[string, object, string]>([
  ['an unknown option', { idle: 5 }, 'Unknown option "idle" of buildTemplate'],
  ['a relative template', { template: 'hello.json' }, '"template" must be an absolute path'],
  ['a relative folder', { folder: 'tmp' }, '"folder" must be an absolute path'],
  ['a negative deadline', { deadlineMs: -1 }, '"deadlineMs" must be more than 0'],
  ['a variable name with "="', { variables: { 'a=b': '' } }, '"a=b" is not a name'],
  ['a folder too long for sockets', { folder: `/tmp/${'f'.repeat(80)}` }, 'bytes long, for Packer'],
])('buildTemplate() refuses %s', async ([, more, message]) => {
  await using folder = await createBuildFolder();
  await expect(folder.build({ replay: 'build-ok' }, more)).rejects.toThrow(message);
});

test('buildTemplate() refuses a machine without Packer', async () => {
  const options = { template: '/t.json', folder: '/tmp/none', env: { PATH: '/nonexistent' } };
  expect(await failureOf(buildTemplate(options))).toMatchObject({ code: 'not-installed' });
});

test('buildTemplate() hands a throw-away key and a seed that trusts it over in private files', async () => {
  await using folder = await createBuildFolder();
  const key = createSshKey();
  const keep = folder.at('kept');
  const report = folder.at('report.json');
  const secretLine = key.privateKey.reveal().split('\n')[2] ?? '';
  const print = [`1,,ui,message,    hello: ${secretLine}`];
  const result = await folder.build(
    { replay: 'build-ok', report, print, keep },
    { sshKey: { key, variable: 'key_file' }, seed: { variable: 'seed_file' } },
  );
  const { args, env } = JSON.parse(folder.read('report.json'));
  const privateFolder = env.HOME.slice(0, -'/h'.length);
  expect(env.PACKER_SSH_PRIVATE_KEY).toBe(`${privateFolder}/ssh-key`);
  expect(args).toEqual(
    expect.arrayContaining([
      `key_file=${privateFolder}/ssh-key`,
      `seed_file=${privateFolder}/seed.iso`,
    ]),
  );
  const kept = JSON.parse(folder.read('kept'));
  expect(kept['ssh-key']).toEqual({ mode: '600', text: key.privateKey.reveal() });
  expect(kept['seed.iso'].mode).toBe('600');
  expect(kept['seed.iso'].text).toContain(`ssh_authorized_keys:\n- "${key.publicKey}"\n`);
  expect(result.lastMessages.join()).not.toContain(secretLine);
  expect(await folder.leftovers()).toEqual([]);
});

test('buildTemplate() refuses a seed that would trust nobody', async () => {
  await using folder = await createBuildFolder();
  await expect(folder.build({}, { seed: { variable: 'seed' } })).rejects.toThrow(
    '"seed" needs "userData", or "sshKey" to trust',
  );
});
