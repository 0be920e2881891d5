import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { observedSwitches } from '../../src/commands/observed-switches.ts';
import { run } from '../../src/run.ts';
import { fakeJob } from '../support/fake-job.ts';

async function folderWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'exoship-observed-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'observed.json'), text);
  return folder;
}

test('observedSwitches() reads a file of the current folder, and nothing when none is named', async () => {
  const switches = { stopIsAcpi: { status: 'observed', value: false } };
  const folder = await folderWith(JSON.stringify({ version: 1, switches }));
  expect(await observedSwitches(folder, 'observed.json')).toEqual({ stopIsAcpi: false });
  expect(await observedSwitches(folder, undefined)).toEqual({});
});

test.each([
  ['other.json', 'there is no such file'],
  ['observed.json', 'No switch is called "gravity"'],
])('sandbox up --observed %s ends with a usage error that says why', async (file, why) => {
  const switches = { gravity: { status: 'observed', value: true } };
  const cwd = await folderWith(JSON.stringify({ version: 1, switches }));
  const { context, stderr } = fakeJob({ cwd });
  expect(await run(['sandbox', 'up', '--observed', file], context)).toBe(2);
  expect(stderr()).toContain(`Cannot use --observed "${file}": `);
  expect(stderr()).toContain(why);
});
