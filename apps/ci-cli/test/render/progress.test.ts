import { expect, test } from 'vitest';
import { createProgress } from '../../src/render/progress.ts';
import { fakeJob } from '../support/fake-job.ts';

test('a job log gets appended lines with the time that has passed, and nothing live', () => {
  const { context, stderr } = fakeJob();
  const progress = createProgress(context);
  progress.live('3 serving');
  progress.line('one\ntwo');
  progress.warn('three');
  progress.close();
  expect(stderr()).toMatch(
    /^ {3}\d\.\ds {2}one\n {3}\d\.\ds {2}two\n {3}\d\.\ds {2}warning: three\n$/,
  );
});

test('a terminal gets a live line, which makes room for those that stay', () => {
  const { context, stderr } = fakeJob({ isInteractive: true });
  const progress = createProgress(context);
  progress.live('3 serving');
  progress.line('evicted');
  progress.close();
  const [, ...drawn] = stderr().split('\r\u001B[2K');
  expect(drawn).toEqual([
    expect.stringMatching(/3 serving$/),
    expect.stringMatching(/evicted\n$/),
    expect.stringMatching(/3 serving$/),
    '',
  ]);
});

test('everything passes the redactor', () => {
  const { context, stderr } = fakeJob();
  context.redactor.add('a-very-secret-value');
  createProgress(context).line('token a-very-secret-value');
  expect(stderr()).toContain('token [redacted]');
});

test('a section is a heading, and folds in GitLab even when it fails', async () => {
  const plain = fakeJob();
  const value = await createProgress(plain.context).section('build', '── build', async () => 7);
  expect(value).toBe(7);
  expect(plain.stderr()).toMatch(/ {2}── build\n$/);

  const gitlab = fakeJob({ env: { GITLAB_CI: 'true' } });
  const failing = createProgress(gitlab.context).section('build', '── build', async () => {
    throw new RangeError('x');
  });
  await expect(failing).rejects.toThrow('x');
  expect(gitlab.stderr().replaceAll(/:\d+:/g, ':N:')).toBe(
    'section_start:N:build\r\u001B[0K── build\nsection_end:N:build\r\u001B[0K\n',
  );
});
