import { once } from 'node:events';
import { expect, test } from 'vitest';
import { within } from '../../src/build/within.ts';
import { fakeJob } from '../support/fake-job.ts';

const stage = { ms: 20, what: 'upload', exitCode: 11 };

test('within() interrupts a stage that takes too long, waits for it, and says so', async () => {
  let cleanedUp = false;
  const slow = within(fakeJob().job, stage, async ({ context: { signal } }) => {
    await once(signal, 'abort');
    cleanedUp = true;
    signal.throwIfAborted();
  });
  await expect(slow).rejects.toMatchObject({
    message: 'Cannot upload within 0 s',
    exitCode: 11,
    retryable: true,
  });
  expect(cleanedUp).toBe(true);
});

test('within() passes on what the stage returns, what it throws, and why the job was cancelled', async () => {
  const { job } = fakeJob();
  expect(await within(job, stage, () => Promise.resolve('done'))).toBe('done');
  const failing = within(job, stage, () => Promise.reject(new TypeError('broken')));
  await expect(failing).rejects.toThrow('broken');
  const reason = new DOMException('Cancelled', 'AbortError');
  const cancelled = fakeJob({ signal: AbortSignal.abort(reason) });
  const stopped = within(cancelled.job, stage, ({ context }) => {
    context.signal.throwIfAborted();
    return Promise.resolve();
  });
  await expect(stopped).rejects.toBe(reason);
});
