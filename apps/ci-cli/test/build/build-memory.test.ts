import { mkdir, mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMemory, remember } from '../../src/build/build-memory.ts';
import { fakeJob } from '../support/fake-job.ts';

const timing = { build: 'hello', phase: 'booting', durationMs: 5 } as const;

test('one build tells the next one what it has found', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'xm-'));
  const { job } = fakeJob({ env: { HOME: home.path } });
  await remember(job, { accelerator: { host: 'h', found: 'tcg' } });
  await remember(job, { timings: { one: [timing] } });
  expect(await readMemory(job)).toEqual({
    accelerator: { host: 'h', found: 'tcg' },
    timings: { one: [timing] },
  });
  expect((await stat(join(home.path, '.cache/exoship/builds.json'))).mode & 0o777).toBe(0o600);
});

test('what is remembered has an end', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'xm-'));
  const { job } = fakeJob({ env: { XDG_CACHE_HOME: home.path } });
  for (let build = 0; build < 25; build += 1) {
    await remember(job, { timings: { [`template ${build}`]: [timing] } });
  }
  const { timings = {} } = await readMemory(job);
  expect(Object.keys(timings)).toHaveLength(20);
  expect(Object.keys(timings)).toContain('template 24');
});

test.each(['no JSON', '[]', '{"accelerator":{"host":"h","found":"xen"}}'])(
  'a memory of %s is none',
  async (text) => {
    await using home = await mkdtempDisposable(join(tmpdir(), 'xm-'));
    await mkdir(join(home.path, 'exoship'));
    await writeFile(join(home.path, 'exoship/builds.json'), text);
    const { job } = fakeJob({ env: { XDG_CACHE_HOME: home.path } });
    expect(await readMemory(job)).toEqual({});
  },
);

test('without a home nothing is remembered, and nothing fails', async () => {
  const { job } = fakeJob();
  await remember(job, { timings: {} });
  expect(await readMemory(job)).toEqual({});
  const nowhere = fakeJob({ env: { HOME: '/dev/null' } });
  await remember(nowhere.job, { timings: {} });
  await expect(readFile('/dev/null/.cache/exoship/builds.json')).rejects.toThrow();
});
