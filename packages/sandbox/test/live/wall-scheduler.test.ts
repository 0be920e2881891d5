import { expect, test } from 'vitest';
import { createWallScheduler } from '../../src/live/wall-scheduler.ts';
import { waitFor } from '../support/wait-for.ts';

test('createWallScheduler() runs tasks in order of their moments, then of their booking', async () => {
  using scheduler = createWallScheduler();
  const order: string[] = [];
  scheduler.after(30, () => order.push('late'));
  scheduler.after(0, () => order.push('first'));
  scheduler.after(10, () => order.push('one'));
  scheduler.after(10, () => order.push('two'));
  scheduler.after(-5, () => order.push('overdue'));
  await waitFor('all tasks', () => order.length === 5);
  expect(order).toEqual(['first', 'overdue', 'one', 'two', 'late']);
});

test('createWallScheduler() never runs a task before its moment', async () => {
  using scheduler = createWallScheduler();
  const bookedMs = performance.now();
  let ranMs = 0;
  scheduler.after(25, () => {
    ranMs = performance.now();
  });
  await waitFor('the task', () => ranMs > 0);
  expect(ranMs - bookedMs).toBeGreaterThanOrEqual(25);
});

test('createWallScheduler() does not run cancelled tasks, nor any after close()', async () => {
  const scheduler = createWallScheduler();
  const ran: string[] = [];
  const cancel = scheduler.after(5, () => ran.push('cancelled'));
  scheduler.after(10, () => ran.push('kept'));
  cancel();
  cancel();
  await waitFor('the kept task', () => ran.length > 0);
  scheduler.after(1, () => ran.push('closed'));
  scheduler.close();
  scheduler.after(1, () => ran.push('too late'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ran).toEqual(['kept']);
});

test('createWallScheduler() waits longer than a timer can', async () => {
  using scheduler = createWallScheduler();
  let isEarly = false;
  let isOver = false;
  scheduler.after(2 ** 31, () => {
    isEarly = true;
  });
  scheduler.after(20, () => {
    isOver = true;
  });
  await waitFor('the short task', () => isOver);
  expect(isEarly).toBe(false);
});

test('createWallScheduler() goes on after a task that throws', async () => {
  using scheduler = createWallScheduler();
  const thrown: unknown[] = [];
  let isReached = false;
  const remember = (error: unknown) => thrown.push(error);
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', remember);
  try {
    scheduler.after(0, () => {
      throw new RangeError('broken task');
    });
    scheduler.after(1, () => {
      isReached = true;
    });
    await waitFor('the next task', () => isReached);
    expect(thrown).toEqual([new RangeError('broken task')]);
  } finally {
    process.removeListener('uncaughtException', remember);
    for (const other of others) process.on('uncaughtException', other);
  }
});

test('createWallScheduler() refuses a delay that is not a number', () => {
  using scheduler = createWallScheduler();
  expect(() => scheduler.after(Number.NaN, () => undefined)).toThrow(RangeError);
});
