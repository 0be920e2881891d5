import { expect, test } from 'vitest';
import type { FoundTools } from '../../src/real/find-tools.ts';
import {
  closingLine,
  count,
  problemsOf,
  type RealReport,
  reportLines,
} from '../../src/real/report-real.ts';

const holds = { what: 'imports', holds: true, seen: '' };
const missing = { skipped: 'it is not here' };
const report: RealReport = {
  exo: [{ command: 'exo zone', exitCode: 0, ms: 1, hasPanicked: false, faults: [] }],
  createExo: [holds],
  plugin: [holds, { ...holds, isSkipped: true }],
  packer: [holds, { ...holds, what: 'copies', holds: false }],
  vault: missing,
  openApi: { responses: 1, operations: ['list-zones'], undescribed: 0, violations: [] },
};
const names = ['go', 'exo', 'vault plugin', 'vault', 'bao', 'packer', 'packer plugin'] as const;

function toolsWithout(...absent: readonly string[]): FoundTools {
  const entries = [...names, 'qemu-system-x86_64', 'chromium'].map((name) => [
    name,
    { name, file: absent.includes(name) ? undefined : `/bin/${name}`, detail: 'not on the PATH' },
  ]);
  return Object.fromEntries(entries) as FoundTools;
}

test('count() takes what was not tried for skipped, not for passed', () => {
  const counts = count(report, 0);
  expect(counts).toEqual({ passed: 5, failed: 1, skipped: 2 });
  expect(closingLine(counts)).toBe('5 passed, 1 failed, 2 skipped');
  expect(count(report, 3).failed).toBe(4);
});

test('problemsOf() misses nothing unless everything is wanted', () => {
  const tools = toolsWithout('packer', 'packer plugin');
  expect(problemsOf(report, tools, false)).toEqual([]);
  expect(problemsOf(report, tools, true)).toEqual([
    'packer: not on the PATH',
    'packer plugin: not on the PATH',
  ]);
});

test('problemsOf() is content with one of Vault and OpenBao', () => {
  expect(problemsOf(report, toolsWithout('bao'), true)).toEqual([]);
  expect(problemsOf(report, toolsWithout('vault'), true)).toEqual([]);
  expect(problemsOf(report, toolsWithout('vault', 'bao'), true)).toHaveLength(2);
});

test('problemsOf() wants Exoscale’s description, too', () => {
  const { openApi: _, ...rest } = report;
  expect(problemsOf({ ...rest, openApi: missing }, toolsWithout(), true)).toEqual([
    'it is not here',
  ]);
});

test('reportLines() says what was skipped and why, and leaves out what was not asked for', () => {
  const lines = reportLines(report).map((line) => line.trim());
  expect(lines).toContain('Vault: skipped, it is not here');
  expect(lines.some((line) => /^FAIL +copies/.test(line))).toBe(true);
  const { vault: _, createExo: __, ...outcome } = report;
  expect(reportLines(outcome).join('\n')).not.toMatch(/^(Vault|createExo)/m);
});
