import type { Percentiles, Row } from './row.ts';

const columns: readonly (readonly [string, (row: Row) => string])[] = [
  ['controller', ({ controller, strategy }) => `${controller}: ${strategy}`],
  ['n', ({ n }) => String(n)],
  ['quota', ({ quota }) => String(quota)],
  ['boot', ({ bootMedianMs }) => `${bootMedianMs / 1000} s`],
  ['victims', ({ victims }) => victims],
  ['runs', ({ runs }) => String(runs)],
  ['to new p50/p99', ({ wallToNewMs }) => seconds(wallToNewMs)],
  ['to clean p50/p99', ({ wallToCleanMs }) => seconds(wallToCleanMs)],
  ['× oracle new', ({ ratioToOracle }) => ratio(ratioToOracle.toNew)],
  ['× oracle clean', ({ ratioToOracle }) => ratio(ratioToOracle.toClean)],
  ['dropped', ({ dropped }) => String(dropped)],
  ['unproven', ({ errorsFromUnproven }) => String(errorsFromUnproven)],
  ['min', ({ minServing }) => String(minServing)],
  ['old left', ({ oldLeft }) => oldLeft.toFixed(1)],
  ['correct', ({ correctShare }) => `${(correctShare * 100).toFixed(1)} %`],
  ['surplus', ({ surplusInstanceMinutes }) => surplusInstanceMinutes.toFixed(1)],
  ['peak', ({ peak }) => String(peak)],
  ['reads', ({ apiCalls }) => apiCalls.reads.toFixed(0)],
  ['mutations', ({ apiCalls }) => apiCalls.mutations.toFixed(0)],
  ['a generation', ({ apiCalls }) => apiCalls.mutationsAGeneration.toFixed(1)],
  ['drains', ({ apiCalls }) => apiCalls.drains.toFixed(0)],
];

/** Rows as text, one line each, under one line of headings. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [
    columns.map(([title]) => title),
    ...rows.map((row) => columns.map(([, of]) => of(row))),
  ];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => line[index]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((text, index) => pad(text, widths[index] ?? 0, index)).join('  '))
    .join('\n');
}

function pad(text: string, width: number, index: number): string {
  return index === 0 ? text.padEnd(width) : text.padStart(width);
}

function seconds({ p50, p99 }: Percentiles): string {
  const show = (value: number | null): string => (value === null ? '-' : (value / 1000).toFixed(0));
  return `${show(p50)}/${show(p99)}`;
}

function ratio({ p50, p99 }: Percentiles): string {
  const show = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
  return `${show(p50)}/${show(p99)}`;
}
