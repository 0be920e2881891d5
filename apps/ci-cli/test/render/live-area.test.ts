import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createProgress } from '../../src/render/progress.ts';
import { fakeJob } from '../support/fake-job.ts';

const ESCAPE = '\u001B';
const CODES = new RegExp(`(\r|\n|${ESCAPE}\\[2K|${ESCAPE}\\[1A)`);

/** What a terminal of this size shows in the end. */
function screenOf(text: string): readonly string[] {
  const lines = [''];
  let row = 0;
  for (const part of text.split(CODES)) {
    if (part === '\n') {
      row += 1;
      lines[row] ??= '';
    } else if (part === `${ESCAPE}[1A`) row -= 1;
    else if (part === `${ESCAPE}[2K`) lines[row] = '';
    else if (part !== '\r') lines[row] += part;
  }
  return lines.map((line) => line.replace(/^ +\d+\.\ds {2}(?:\S )?/, ''));
}

test('a pinned block is redrawn in place, above the status and below the lines that stay', () => {
  const { context, stderr } = fakeJob({ isInteractive: true });
  const progress = createProgress(context);
  let members = ['pool', '├─ one'];
  progress.pin(() => members);
  progress.live('3 serving');
  progress.line('grow');
  members = ['pool', '├─ one', '├─ two'];
  progress.live('4 serving');
  expect(screenOf(stderr())).toEqual(['grow', 'pool', '├─ one', '├─ two', '4 serving']);
  members = ['pool'];
  progress.line('evict');
  expect(screenOf(stderr()).filter(Boolean)).toEqual(['grow', 'evict', 'pool', '4 serving']);
  progress.close();
  expect(screenOf(stderr()).filter(Boolean)).toEqual(['grow', 'evict']);
});

test('a pinned block that is taken away leaves nothing', () => {
  const { context, stderr } = fakeJob({ isInteractive: true });
  const progress = createProgress(context);
  progress.pin(() => ['pool', '├─ one']);
  progress.pin(undefined);
  expect(screenOf(stderr()).filter(Boolean)).toEqual([]);
  progress.close();
});

test('a pinned block fits into the terminal: it could not be erased otherwise', () => {
  const terminal = Object.assign(new PassThrough(), { columns: 10, rows: 6 });
  const { context } = fakeJob({ isInteractive: true, stderr: terminal });
  const progress = createProgress(context);
  progress.pin(() => ['a line that is too long', 'two', 'three', 'four', 'five']);
  expect(screenOf(String(terminal.read()))).toEqual(['a line t…', 'two', '… 3 more…']);
  progress.close();
});

test('a job log gets no pinned block', () => {
  const { context, stderr } = fakeJob();
  const progress = createProgress(context);
  progress.pin(() => ['pool']);
  progress.line('grow');
  progress.close();
  expect(screenOf(stderr()).filter(Boolean)).toEqual(['grow']);
});
