import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { PackerEvent } from '../src/index.ts';
import {
  type BuildFolder,
  createBuildFolder,
  eventually,
  fixturePath,
  isRunning,
} from './build-folder.ts';
import { createTriggeredClock } from './triggered-clock.ts';

const reason = new DOMException('Job cancelled', 'AbortError');

function pidsOf(folder: BuildFolder): number[] {
  return [JSON.parse(folder.read('report.json')).pid, Number(folder.read('orphan.pid'))];
}

function stubborn(folder: BuildFolder, more: object = {}): object {
  return { hang: true, report: folder.at('report.json'), orphan: folder.at('orphan.pid'), ...more };
}

test.for([
  ['a Packer that cleans up', {}],
  ['a deaf Packer', { deaf: true }],
] as const)(
  'buildTemplate() cancelled stops %s and rejects with the reason itself',
  async ([, more]) => {
    await using folder = await createBuildFolder();
    const controller = new AbortController();
    const plan = stubborn(folder, {
      print: ['1,,ui,say,==> hello: Waiting for SSH to become available...'],
      ...more,
    });
    const events: PackerEvent[] = [];
    const onEvent = (event: PackerEvent): void => {
      events.push(event);
      if (event.type === 'phase-entered') controller.abort(reason);
    };
    const building = folder.build(plan, { onEvent, signal: controller.signal, stopGraceMs: 300 });
    await expect(building.catch((error: unknown) => error)).resolves.toBe(reason);
    await eventually(() => !pidsOf(folder).some(isRunning));
    expect(
      events.some((event) => event.type === 'packer-stopping' && event.reason === 'cancelled'),
    ).toBe(true);
    expect(await folder.leftovers()).toEqual([]);
  },
);

test('buildTemplate() starts nothing when cancelled before', async () => {
  await using folder = await createBuildFolder();
  const building = folder.build(stubborn(folder), { signal: AbortSignal.abort(reason) });
  await expect(building.catch((error: unknown) => error)).resolves.toBe(reason);
  expect(existsSync(folder.at('report.json'))).toBe(false);
});

test('buildTemplate() ends what a failed Packer leaves running', async () => {
  await using folder = await createBuildFolder();
  const plan = stubborn(folder, { hang: false, replay: 'build-fail-on-error-abort', exitCode: 1 });
  await expect(folder.build(plan)).rejects.toMatchObject({ code: 'provisioner-failed' });
  await eventually(() => !pidsOf(folder).some(isRunning));
});

test.for([
  [
    'passes its deadline',
    { deadlineMs: 123_456 },
    'it did not end within 123456 ms, while "fetching"',
  ],
  ['has fallen silent', { idleMs: 123_456 }, 'nothing was said for 123456 ms, while "fetching"'],
] as const)('buildTemplate() stops a build that %s', async ([, limits, message]) => {
  await using folder = await createBuildFolder();
  const clock = createTriggeredClock(123_456);
  const plan = stubborn(folder, { print: ['1,,ui,say,==> hello: Retrieving ISO'] });
  const onEvent = ({ type }: PackerEvent): void => {
    // The message, which follows the phase, is the last sign of life.
    if (type === 'message-logged') setImmediate(clock.fire);
  };
  await expect(folder.build(plan, { ...limits, clock, onEvent })).rejects.toMatchObject({
    code: 'timed-out',
    retryable: true,
    message: expect.stringContaining(message),
  });
  await eventually(() => !pidsOf(folder).some(isRunning));
});

test('buildTemplate() leaves nothing behind when its own process is killed', async () => {
  await using folder = await createBuildFolder();
  const script = folder.at('run.ts');
  const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  const options = {
    template: await folder.writeTemplate(stubborn(folder, { deaf: true })),
    folder: folder.at('private'),
    env: { PATH: fixturePath },
    stopGraceMs: 1,
  };
  await writeFile(
    script,
    `import { buildTemplate } from ${JSON.stringify(entry)};
     const options = ${JSON.stringify(options)};
     await buildTemplate({ ...options, secretVariables: { token: { reveal: () => 'hunter2' } } });`,
  );
  const child = spawn(execPath, [script], { stdio: 'ignore' });
  await eventually(
    () => existsSync(folder.at('report.json')) && existsSync(folder.at('orphan.pid')),
  );
  const pids = pidsOf(folder);
  expect(pids.every(isRunning)).toBe(true);
  child.kill('SIGKILL');
  await eventually(() => !pids.some(isRunning));
  await expect.poll(() => folder.leftovers(), { timeout: 10_000 }).toEqual([]);
});
