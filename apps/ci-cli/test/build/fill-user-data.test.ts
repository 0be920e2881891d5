import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSshKey } from '@exoship/packer-build';
import { expect, test } from 'vitest';
import { fillUserData } from '../../src/build/fill-user-data.ts';
import { planBuild } from '../../src/build/plan-build.ts';
import { resolveSettings } from '../../src/config/resolve-settings.ts';
import { parse, withLine } from '../config/support/problems.ts';

const machine = { accelerator: 'tcg', key: createSshKey() } as const;
const secrets = { password: { reveal: () => 'hunter2' } };

async function fill(text: string | undefined): Promise<string | undefined> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'xu-'));
  if (text !== undefined) await writeFile(join(folder.path, 'user-data.yaml'), text);
  const yaml = withLine(
    'bucket: templates',
    '      bucket: templates\n      machine: { userData: user-data.yaml }',
  );
  const settings = {
    ...resolveSettings({ config: parse(yaml), flags: {}, env: {} }),
    folder: folder.path,
  };
  const env = { CI_COMMIT_SHA: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00' };
  const plan = await planBuild({ settings, env, folder: folder.path, variables: [] });
  return await fillUserData(plan, machine, secrets);
}

test('fillUserData() puts the key to trust and secrets where the file says', async () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: they are placeholders of ours.
  expect(await fill('key: ${sshKey}\npassword: ${secret.password}\n')).toBe(
    `key: ${machine.key.publicKey}\npassword: hunter2\n`,
  );
});

test.each([
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a placeholder of ours.
  ['a secret that nobody gave', 'hunter: ${secret.other}', 'a placeholder that has no value'],
  ['a file that is not there', undefined, 'ENOENT'],
])('fillUserData() refuses %s', async (_name, text, reason) => {
  await expect(fill(text)).rejects.toMatchObject({
    message: expect.stringContaining(reason),
    exitCode: 2,
  });
});
