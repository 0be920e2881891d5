import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventQueue } from '../../src/virtual/event-queue.ts';

test('pop() goes by moment, then by order of booking, and skips what was cancelled', () => {
  const bookings = fc.array(fc.record({ dueMs: fc.nat(20), isCancelled: fc.boolean() }));
  fc.assert(
    fc.property(bookings, (wanted) => {
      const queue = createEventQueue();
      const booked = wanted.map(({ dueMs }) => queue.push(dueMs, () => {}));
      wanted.forEach(({ isCancelled }, index) => {
        const booking = booked[index];
        if (booking !== undefined) booking.isCancelled = isCancelled;
      });
      const expected = booked
        .filter(({ isCancelled }) => !isCancelled)
        .toSorted((a, b) => a.dueMs - b.dueMs || a.sequence - b.sequence);
      expect(queue.nextDueMs()).toBe(expected[0]?.dueMs);
      expect(expected.map(() => queue.pop())).toEqual(expected);
      expect(queue.pop()).toBeUndefined();
    }),
  );
});
