import { expect, test } from 'vitest';
import { jobMetadata, smokeInstanceName, versionFrom } from '../src/names.ts';

const sha = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

test.each([
  [{ CI_COMMIT_TAG: 'v1.2.3', CI_COMMIT_SHA: sha }, 'v1.2.3'],
  [{ CI_COMMIT_TAG: '', CI_COMMIT_SHA: sha }, 'c0ffee0'],
  [{ CI_COMMIT_SHA: sha }, 'c0ffee0'],
  [{}, 'dev'],
])('versionFrom(%j) is %s', (env, expected) => {
  expect(versionFrom(env)).toBe(expected);
});

test.each([
  ['hello', { CI_JOB_ID: '4711' }, 'hello-smoke-4711-abcd'],
  ['hello', {}, 'hello-smoke-abcd'],
])('smokeInstanceName(%s, %j) is %s', (app, env, expected) => {
  expect(smokeInstanceName(app, env, 'abcd')).toBe(expected);
});

test('smokeInstanceName() is never longer than a host name, and keeps what makes it unique', () => {
  const [one, other] = ['aaaaaaaa', 'bbbbbbbb'].map((random) =>
    smokeInstanceName('a'.repeat(80), { CI_JOB_ID: '4711' }, random),
  );
  expect(one?.length).toBeLessThanOrEqual(63);
  expect(one).not.toBe(other);
});

test('jobMetadata() holds what names the job, and nothing that is empty or secret', () => {
  const env = {
    CI_PROJECT_PATH: 'team/app',
    CI_JOB_ID: '4711',
    CI_PIPELINE_ID: '',
    VAULT_TOKEN: 'x',
  };
  expect(jobMetadata(env)).toEqual({ project: 'team/app', job: '4711' });
});
