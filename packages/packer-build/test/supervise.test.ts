import { expect, test } from 'vitest';
import { type StopReason, type Supervision, supervise } from '../src/supervise.ts';
import { createSteppingClock } from './stepping-clock.ts';

function watch(signal?: AbortSignal): {
  readonly supervision: Supervision;
  readonly reasons: StopReason[];
  readonly advance: (ms: number) => Promise<void>;
} {
  const clock = createSteppingClock();
  const reasons: StopReason[] = [];
  const onStop = (reason: StopReason): void => void reasons.push(reason);
  const limits = { deadlineMs: 1_000, idleMs: 100, phaseDeadlinesMs: { registering: 50 } };
  const supervision = supervise({ clock, ...limits, signal, onStop });
  return { supervision, reasons, advance: clock.advance };
}

test('supervise() stops a run that gives no sign of life for the whole idle time', async () => {
  const { supervision, reasons, advance } = watch();
  await advance(90);
  supervision.touch();
  await advance(90);
  expect(supervision.stop.aborted).toBe(false);
  await advance(10);
  expect(supervision.stop.aborted).toBe(true);
  expect(reasons).toEqual(['idle']);
});

test('supervise() stops even a lively run at its deadline, and gives one reason', async () => {
  const { supervision, reasons, advance } = watch();
  for (let elapsedMs = 0; elapsedMs < 1_200; elapsedMs += 50) {
    supervision.touch();
    await advance(50);
  }
  await advance(500);
  expect(reasons).toEqual(['deadline']);
  expect(supervision.reason()).toBe('deadline');
});

test('supervise() stops a run whose signal was aborted before', () => {
  const { supervision, reasons } = watch(AbortSignal.abort());
  expect(supervision.stop.aborted).toBe(true);
  expect(reasons).toEqual(['cancelled']);
});

test('supervise() stops nothing once it is disposed of', async () => {
  const controller = new AbortController();
  const { supervision, reasons, advance } = watch(controller.signal);
  supervision[Symbol.dispose]();
  controller.abort();
  await advance(5_000);
  expect(supervision.stop.aborted).toBe(false);
  expect(reasons).toEqual([]);
});

test('supervise() stops a phase that takes longer than it may, and none that has ended', async () => {
  const { supervision, reasons, advance } = watch();
  supervision.enter('registering');
  await advance(40);
  supervision.enter('cleaning-up');
  await advance(20);
  expect(reasons).toEqual([]);
  supervision.touch();
  supervision.enter('registering');
  await advance(60);
  expect(reasons).toEqual(['phase-deadline']);
});
