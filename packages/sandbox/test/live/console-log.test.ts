import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConsoleLog } from '../../src/live/console-log.ts';

test('createConsoleLog() keeps the newest bytes, never more than its limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{0,30}$/)),
      fc.integer({ min: 1, max: 40 }),
      (parts, limit) => {
        const log = createConsoleLog(limit);
        for (const part of parts) log.write(Buffer.from(part));
        expect(log.text().length).toBeLessThanOrEqual(limit);
        expect(parts.join('').endsWith(log.text())).toBe(true);
        if (parts.join('').length <= limit) expect(log.text()).toBe(parts.join(''));
      },
    ),
  );
});
