import type { SmokeEvent } from '@exoship/smoke';
import { expect, test } from 'vitest';
import { createTeardownRecorder } from '../src/teardown-recorder.ts';
import { fakeJob } from './support/fake-job.ts';

const at = new Date();
const accepted: SmokeEvent = { at, type: 'deletion-accepted', id: 'i1' };
const deleted: SmokeEvent = { at, type: 'instance-deleted', id: 'i1' };
const failed: SmokeEvent = {
  at,
  type: 'teardown-failed',
  id: 'i1',
  detail: 'it is still "running"',
};
const lost: SmokeEvent = { at, type: 'teardown-failed', detail: 'no answer' };

test.each<[string, readonly SmokeEvent[], readonly object[]]>([
  ['nothing', [], []],
  ['seen to be gone', [accepted, deleted], [{ what: 'instance smoke-1 (i1)', outcome: 'proven' }]],
  [
    'still on its way out',
    [accepted, failed],
    [{ outcome: 'accepted', detail: expect.stringContaining('sweep') }],
  ],
  ['refused', [failed], [{ what: 'instance smoke-1 (i1)', outcome: 'failed' }]],
  [
    'never heard of',
    [lost],
    [{ what: 'instance smoke-1', outcome: 'failed', detail: expect.stringContaining('no answer') }],
  ],
])('the books say what became of the instance: %s', (_name, events, entries) => {
  const { job } = fakeJob();
  const record = createTeardownRecorder(job, 'smoke-1');
  for (const event of events) record(event);
  expect(job.cleanup.entries).toMatchObject(entries);
  expect(job.cleanup.entries).toHaveLength(entries.length);
});
