import { expect, test, vi } from 'vitest';
import { findInterruption, Interruption, lagging } from '../src/interruption.ts';

const interruption = new Interruption('SIGTERM');
const other = new RangeError('other');

test.each([
  ['itself', interruption, interruption],
  ['hidden by a failed cleanup', new SuppressedError(other, interruption), interruption],
  ['met during the cleanup', new SuppressedError(interruption, other), interruption],
  [
    'two levels down',
    new SuppressedError(other, new SuppressedError(other, interruption)),
    interruption,
  ],
  ['another error', other, undefined],
  ['a text', 'SIGTERM', undefined],
  ['nothing', undefined, undefined],
])('findInterruption() of %s', (_name, error, expected) => {
  expect(findInterruption(error)).toBe(expected);
});

test('lagging() aborts later than its signal, with the same reason', async () => {
  const controller = new AbortController();
  const late = lagging(controller.signal, 10);
  controller.abort(interruption);
  expect(late.aborted).toBe(false);
  await vi.waitFor(() => expect(late.aborted).toBe(true));
  expect(late.reason).toBe(interruption);
});

test('lagging() gives the grace to a signal that is aborted already', async () => {
  const late = lagging(AbortSignal.abort(interruption), 10);
  expect(late.aborted).toBe(false);
  await vi.waitFor(() => expect(late.aborted).toBe(true));
});
