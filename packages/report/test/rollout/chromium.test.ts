import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseRolloutEvents, toRolloutHtml } from '../../src/index.ts';

const chromium = '/usr/bin/chromium';
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

test.skipIf(!existsSync(chromium))(
  'a real browser draws six members and the outcome (needs /usr/bin/chromium)',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'exoship-report-'));
    try {
      const events = readFileSync(
        new URL('../fixtures/rollout-completed.jsonl', import.meta.url),
        'utf8',
      );
      const probe = `<script>document.body.dataset.drawn = [...document.querySelectorAll('rect.serving')].filter((r) => r.getBoundingClientRect().width > 1).length + ' ' + document.querySelector('.outcome').textContent;</script>`;
      const page = toRolloutHtml(parseRolloutEvents(events)).replace('</body>', `${probe}</body>`);
      writeFileSync(join(folder, 'report.html'), page);
      const { stdout } = await promisify(execFile)(chromium, [
        ...flags,
        `--user-data-dir=${join(folder, 'profile')}`,
        '--dump-dom',
        `file://${join(folder, 'report.html')}`,
      ]);
      expect(stdout).toContain('data-drawn="6 completed"');
      const picture = join(folder, 'report.png');
      await promisify(execFile)(chromium, [
        ...flags,
        `--user-data-dir=${join(folder, 'profile')}`,
        '--window-size=1200,1600',
        `--screenshot=${picture}`,
        `file://${join(folder, 'report.html')}`,
      ]);
      const png = readFileSync(picture);
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 1600]);
      // An empty page of that size takes a tenth of it.
      expect(png.length).toBeGreaterThan(50_000);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
