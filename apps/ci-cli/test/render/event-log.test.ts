import { existsSync } from 'node:fs';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedactor } from '@exoship/exo-runner';
import { expect, test } from 'vitest';
import { openEventLog } from '../../src/render/event-log.ts';

test('openEventLog() appends a redacted line for each event, in a folder that it makes', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'xe-'));
  const file = join(folder.path, 'events/rollout.jsonl');
  const redactor = createRedactor();
  redactor.add('hunter2-hunter2');
  const lost: string[] = [];
  for (const type of ['rollout-start', 'rollout-end']) {
    await using log = await openEventLog(file, { redactor, onLost: (why) => lost.push(why) });
    log.append({ type, why: 'hunter2-hunter2' });
  }
  expect(await readFile(file, 'utf8')).toBe(
    '{"type":"rollout-start","why":"[redacted]"}\n{"type":"rollout-end","why":"[redacted]"}\n',
  );
  expect(lost).toEqual([]);
});

test.skipIf(!existsSync('/dev/full'))(
  'a full disk loses events, says so once, and stops nobody',
  async () => {
    const lost: string[] = [];
    const redactor = createRedactor();
    const onLost = (why: string): void => void lost.push(why);
    {
      await using log = await openEventLog('/dev/full', { redactor, onLost });
      for (let count = 0; count < 100; count += 1) {
        log.append({ type: 'probe-end', count });
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    expect(lost).toEqual([expect.stringMatching(/^Events are lost from now on: ENOSPC/)]);
  },
);
