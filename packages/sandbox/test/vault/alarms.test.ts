import { expect, test } from 'vitest';
import { createAlarms } from '../../src/vault/alarms.ts';
import { createManualScheduler } from './manual-scheduler.ts';

test('an alarm waits for its moment when the clock is set back meanwhile', () => {
  const steady = createManualScheduler();
  let offsetMs = 0;
  const alarms = createAlarms({
    now: () => new Date(steady.now().getTime() + offsetMs),
    after: (delayMs, task) => steady.after(delayMs, task),
  });
  let rings = 0;
  alarms.set(new Date(steady.now().getTime() + 1_000), () => {
    rings += 1;
  });
  offsetMs = -400;
  steady.advance(1_399);
  expect(rings).toBe(0);
  steady.advance(1);
  expect(rings).toBe(1);
  steady.advance(10_000);
  expect(rings).toBe(1);
});

test('an alarm for a moment that has passed rings at once, and a cancelled one never', () => {
  const scheduler = createManualScheduler();
  const alarms = createAlarms(scheduler);
  const rung: string[] = [];
  alarms.set(new Date(0), () => rung.push('late'));
  const cancel = alarms.set(new Date(0), () => rung.push('cancelled'));
  cancel();
  scheduler.advance(0);
  expect(rung).toEqual(['late']);
});
