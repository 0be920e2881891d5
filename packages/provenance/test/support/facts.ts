import type { BuildFacts } from '../../src/index.ts';

export const sha256: string = 'ab'.repeat(32);
export const subject: BuildFacts['subject'] = {
  name: 'exoscale://ch-gva-2/template/t-1',
  digests: { sha256, md5: 'cd'.repeat(16) },
};
const finishedAt = new Date('2026-11-22T12:00:10Z');

export const facts: BuildFacts = {
  subject,
  buildType: 'urn:example:build:v1',
  parameters: { app: 'hello', version: 'v1' },
  inputs: [{ name: 'src/main.ts', digest: { sha256: 'ef'.repeat(32) } }],
  builder: { id: 'urn:example:runner', versions: { packer: '1.6.6' } },
  invocation: 'https://gitlab.example/demo/-/jobs/7',
  startedAt: new Date('2026-11-22T12:00:00Z'),
  finishedAt,
};

/** A moment after the build. */
export function clockAfter(ms: number): { now(): Date } {
  return { now: () => new Date(finishedAt.getTime() + ms) };
}
