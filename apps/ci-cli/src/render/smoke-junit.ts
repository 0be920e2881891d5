import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toJUnit } from '@exoship/report';
import type { SmokeReport } from '@exoship/smoke';
import type { Settings } from '../config/settings.ts';

/** One case per check, and one for the instance itself, so that a boot that never ended shows as a failure. */
export async function writeSmokeJUnit(
  file: string,
  { app, environment }: Settings,
  report: SmokeReport,
): Promise<void> {
  const { failure } = report;
  const xml = toJUnit({
    name: `smoke ${app} (${environment})`,
    durationMs: report.durationMs,
    cases: [
      {
        name: 'instance becomes ready and stays so',
        durationMs: report.readyAfterMs ?? report.durationMs,
        ...(failure && { failure: { message: failure.message, detail: evidenceOf(report) } }),
      },
      ...report.results.map(({ name, passed, detail, durationMs }) => ({
        name,
        durationMs,
        ...(!passed && { failure: { message: detail, detail: evidenceOf(report) } }),
      })),
    ],
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, xml);
}

function evidenceOf(report: SmokeReport): string {
  return report.evidence
    .map(({ observedAt, stage, result }) => {
      const answer =
        result.answer === undefined ? '' : `\n${JSON.stringify(result.answer, null, 2)}`;
      return `${observedAt.toISOString()} ${stage} ${result.name}: ${result.detail}${answer}`;
    })
    .join('\n');
}
