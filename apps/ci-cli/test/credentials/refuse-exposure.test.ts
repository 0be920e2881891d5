import { expect, test } from 'vitest';
import { asUsage } from '../../src/credentials/as-usage.ts';
import { refuseExposure } from '../../src/credentials/refuse-exposure.ts';
import { fakeJob } from '../support/fake-job.ts';

test.each([
  [{ NODE_DEBUG: 'http' }, 'NODE_DEBUG'],
  [{ NODE_DEBUG: 'fs, HTTPS' }, 'NODE_DEBUG'],
  [{ NODE_DEBUG: '*' }, 'NODE_DEBUG'],
  [{ NODE_OPTIONS: '--no-warnings --inspect=0.0.0.0:9229' }, 'NODE_OPTIONS'],
  [{ NODE_OPTIONS: '--heapsnapshot-signal=SIGUSR2' }, 'NODE_OPTIONS'],
])('refuseExposure() does not go on with %j', (env, variable) => {
  const { job } = fakeJob({ env });
  expect(() => refuseExposure(job)).toThrow(variable);
});

test('refuseExposure() goes on otherwise, and warns of a runner that prints variables', () => {
  const { job, stderr } = fakeJob({ env: { NODE_DEBUG: 'fs', DEBUG: '*', NODE_OPTIONS: '' } });
  refuseExposure(job);
  expect(stderr()).toBe('');
  const traced = fakeJob({ env: { CI_DEBUG_TRACE: 'true' } });
  refuseExposure(traced.job);
  expect(traced.stderr()).toMatch(/warning: CI_DEBUG_TRACE is on/);
});

test('asUsage() turns what is refused at the door into exit code 2, and leaves the rest alone', async () => {
  const fail = (error: Error) => asUsage(async () => await Promise.reject(error));
  await expect(fail(new TypeError('Missing role id'))).rejects.toMatchObject({ exitCode: 2 });
  await expect(fail(new RangeError('Too long'))).rejects.toMatchObject({ exitCode: 2 });
  const other = new Error('other');
  await expect(fail(other)).rejects.toBe(other);
});
