import { expect, test, vi } from 'vitest';
import { limitCleanup } from '../src/limit-cleanup.ts';

const never = new AbortController().signal;

test('limitCleanup() ends a cleanup that takes too long, saying how long it had', async () => {
  using limit = limitCleanup(never, { calmMs: 10, interruptedMs: 60_000 });
  expect(limit.signal.aborted).toBe(false);
  await vi.waitFor(() => expect(limit.signal.aborted).toBe(true));
  expect(limit.signal.reason).toMatchObject({ message: 'No answer within 10 ms' });
});

test('limitCleanup() does not pass the interruption on, but shortens the time', async () => {
  const interrupted = new AbortController();
  using limit = limitCleanup(interrupted.signal, { calmMs: 60_000, interruptedMs: 10 });
  interrupted.abort('the reason of the work');
  expect(limit.signal.aborted).toBe(false);
  await vi.waitFor(() => expect(limit.signal.aborted).toBe(true));
  expect(limit.signal.reason).toMatchObject({ message: 'No answer within 10 ms' });
});

test('limitCleanup() knows when the interruption came before the cleanup', async () => {
  using limit = limitCleanup(AbortSignal.abort(), { calmMs: 60_000, interruptedMs: 10 });
  await vi.waitFor(() => expect(limit.signal.aborted).toBe(true));
});
