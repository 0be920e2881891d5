import { expect, test } from 'vitest';
import { parseExoscaleOptions } from '../../src/prove/exoscale/options.ts';
import { type ExoscaleResults, summarize } from '../../src/prove/exoscale/summarize.ts';

const exo = Array.from({ length: 45 }, (_, index) => ({
  command: `exo command ${index}`,
  exitCode: 0,
  ms: 1,
  hasPanicked: false,
  faults: [],
}));
const good: ExoscaleResults = {
  seed: 7,
  faults: [{ name: 'read: 500', outcome: 'ok', made: 0, ms: 1, faults: [] }],
  imported: { sizeMiB: 1, peakMiB: 150, ms: 1, kills: 1, littered: 1, leftovers: [] },
  real: {
    exo,
    plugin: [{ what: 'mints', holds: true, seen: '' }],
    packer: [{ what: 'imports', holds: true, seen: '' }],
    openApi: { responses: 2, operations: ['list-zones'], undescribed: 1, violations: [] },
  },
};

test('summarize() of a run in which all is well', () => {
  expect(summarize(good)).toMatchObject({
    seed: 7,
    exoCommands: { distinct: 45, failed: 0, panics: 0 },
    openapi: { responses: 2, operations: 1, undescribed: 1, violations: 0 },
    faults: { cases: 1, violations: 0 },
    import: { peakMiB: 150, leftovers: 0 },
    violations: [],
  });
});

test('summarize() takes what was skipped for no violation, and says so', () => {
  const skipped = { skipped: 'no exo' };
  const report = summarize({
    ...good,
    real: { exo: skipped, plugin: skipped, packer: skipped, openApi: skipped },
  });
  expect(report).toMatchObject({ exoCommands: skipped, plugin: skipped, openapi: skipped });
  expect(report.violations).toEqual([]);
});

const { real, imported } = good;
test.each<[string, ExoscaleResults]>([
  ['too few commands', { ...good, real: { ...real, exo: exo.slice(1) } }],
  [
    'a command that did something else',
    { ...good, real: { ...real, exo: [...exo, { ...exo[0], faults: ['exit code 2'] } as never] } },
  ],
  [
    'a plugin that did something else',
    { ...good, real: { ...real, plugin: [{ what: 'mints', holds: false, seen: '' }] } },
  ],
  [
    'an answer that is not as described',
    {
      ...good,
      real: {
        ...real,
        openApi: {
          responses: 1,
          operations: [],
          undescribed: 0,
          violations: [{ operation: 'list-zones', fault: 'must be object', count: 1 }],
        },
      },
    },
  ],
  [
    'a fault with another outcome',
    { ...good, faults: [{ name: 'x', outcome: 'ok', made: 2, ms: 1, faults: ['2 instances'] }] },
  ],
  ['an import that takes too much', { ...good, imported: { ...imported, peakMiB: 151 } }],
  ['something left', { ...good, imported: { ...imported, leftovers: ['bucket/key'] } }],
])('summarize() counts %s as a violation', (_, results) => {
  expect(summarize(results).violations).toHaveLength(1);
});

test('parseExoscaleOptions() takes numbers and nothing else', () => {
  expect(parseExoscaleOptions(['--seed', '5', '--kills=2'], 1)).toEqual({
    seed: 5,
    sizeMiB: 2048,
    kills: 2,
  });
  for (const argv of [
    ['--seed', '-1'],
    ['--size-mib', '0'],
    ['--kills', 'x'],
    ['--kills', ' '],
  ]) {
    expect(() => parseExoscaleOptions(argv, 1)).toThrow();
  }
});
