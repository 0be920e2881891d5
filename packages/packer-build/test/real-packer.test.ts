import { readdir, writeFile } from 'node:fs/promises';
import { env as ambient } from 'node:process';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { type BuildOptions, detectPacker, type PackerEvent } from '../src/index.ts';
import { createBuildFolder, eventually, isRunning } from './build-folder.ts';

/** `REAL_PACKER`, else what is on the PATH. */
const binary = ambient.REAL_PACKER || 'packer';
const env = { PATH: ambient.PATH };
const installed = await detectPacker({ env, binary }).catch(() => undefined);
const real = test.skipIf(installed === undefined);

/** What a command prints is marked in later versions as what Packer says itself. */
const plain = (text: string): string => text.trim().replace(/^==> /, '');

/** Needs no plugin in any version: the `null` builder and local commands. */
function template(...commands: string[]): object {
  return {
    variables: { token: '', version: '' },
    builders: [{ type: 'null', communicator: 'none' }],
    provisioners: commands.map((command) => ({ type: 'shell-local', inline: [command] })),
  };
}

real('buildTemplate() runs the real Packer and hides its secrets', async () => {
  await using folder = await createBuildFolder();
  const events: PackerEvent[] = [];
  const options: Partial<BuildOptions> = {
    env,
    binary,
    variables: { version: '1.2.3' },
    secretVariables: { token: { reveal: () => 'hunter2, the "secret"' } },
    onEvent: (event) => events.push(event),
  };
  const command = `echo version {{user \`version\`}}; echo '{{user \`token\`}}'`;
  const result = await folder.build(template(command), options);
  expect(result).toMatchObject({
    version: installed?.version,
    artifacts: [{ build: 'null', builderId: 'fnoeding.null', id: 'Null', files: [] }],
  });
  expect(result.lastMessages.map(plain)).toEqual(
    expect.arrayContaining(['null: version 1.2.3', 'null: [redacted]']),
  );
  expect(inspect([result, events], { depth: 9 })).not.toContain('hunter2');
  expect(await folder.leftovers()).toEqual([]);
});

real('buildTemplate() tells a failed provisioner of the real Packer', async () => {
  await using folder = await createBuildFolder();
  await expect(folder.build(template('exit 7'), { env, binary })).rejects.toMatchObject({
    code: 'provisioner-failed',
    exitCode: 1,
  });
});

real('buildTemplate() tells a template that the real Packer cannot use', async () => {
  await using folder = await createBuildFolder();
  const building = folder.build({ builders: [{ type: 'nosuch' }] }, { env, binary });
  await expect(building).rejects.toMatchObject({ code: 'component-missing' });
});

real(
  'buildTemplate() lets relative paths start beside the template, and keeps no litter there',
  async () => {
    await using folder = await createBuildFolder();
    await writeFile(folder.at('greet.sh'), 'echo greeting; echo litter > litter\n', {
      mode: 0o755,
    });
    const plan = {
      builders: [{ type: 'null', communicator: 'none' }],
      provisioners: [{ type: 'shell-local', script: 'greet.sh' }],
    };
    const { lastMessages } = await folder.build(plan, { env, binary });
    expect(lastMessages.map(plain)).toContain('null: greeting');
    expect((await readdir(folder.path)).toSorted()).toEqual([
      'greet.sh',
      'private',
      'template.json',
    ]);
  },
);

real('buildTemplate() tells where an HCL2 template of the real Packer is wrong', async () => {
  await using folder = await createBuildFolder();
  const template = folder.at('broken.pkr.hcl');
  await writeFile(template, 'source "null" "broken" {\n  communicator =\n}\n');
  await expect(folder.build({}, { env, binary, template })).rejects.toMatchObject({
    code: 'template-invalid',
  });
});

real('buildTemplate() expects of the real Packer what it took last time', async () => {
  await using folder = await createBuildFolder();
  const { timings } = await folder.build(template('sleep 1.2'), { env, binary });
  const events: PackerEvent[] = [];
  await folder.build(template('true'), {
    env,
    binary,
    lastTimings: timings,
    onEvent: (event) => events.push(event),
  });
  const [first] = events.filter((event) => event.type === 'phase-entered');
  expect(first).toMatchObject({ build: 'null', phase: 'provisioning' });
  expect(first?.phaseExpectedMs).toBeGreaterThanOrEqual(1_000);
});

real('buildTemplate() cancelled leaves no process of the real Packer', async () => {
  await using folder = await createBuildFolder();
  const controller = new AbortController();
  const reason = new DOMException('Job cancelled', 'AbortError');
  const pidFile = folder.at('pid');
  const onEvent = (event: PackerEvent): void => {
    if (event.type === 'message-logged' && event.text.includes('now sleeping')) {
      controller.abort(reason);
    }
  };
  const plan = template(`echo $$ > ${pidFile}; echo now sleeping; exec sleep 600`);
  const building = folder.build(plan, { env, binary, onEvent, signal: controller.signal });
  await expect(building.catch((error: unknown) => error)).resolves.toBe(reason);
  await eventually(() => !isRunning(Number(folder.read('pid'))));
  expect(await folder.leftovers()).toEqual([]);
});
