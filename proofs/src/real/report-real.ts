import { table } from '../table.ts';
import type { ExoResult } from './exo/run-exo-cases.ts';
import type { FoundTool, FoundTools } from './find-tools.ts';
import type { OpenApiSummary } from './openapi/openapi-check.ts';
import type { RealCheck } from './real-check.ts';
import type { RealOutcome, Skipped } from './run-real.ts';

/** With what our own code did with the real parts. */
export interface RealReport extends RealOutcome {
  readonly vault: readonly RealCheck[] | Skipped;
  readonly createExo: readonly RealCheck[] | Skipped;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What the lane found besides the lines of `exo`, which were told as they came. */
export function reportLines(report: RealOutcome & Partial<RealReport>): readonly string[] {
  const { exo, createExo, plugin, packer, vault, openApi } = report;
  return [
    '',
    `exo: ${'skipped' in exo ? `skipped, ${exo.skipped}` : exoLine(exo)}`,
    ...partLines('createExo()', createExo, () => 'with that exo, hazard by hazard'),
    ...partLines(
      'vault plugin',
      plugin,
      () => 'driven by proofs/src/real/vault-plugin/host, in the place of Vault',
    ),
    ...partLines('Packer', packer, () => 'its plugin for Exoscale, by the real names of the cloud'),
    ...partLines('Vault', vault, vaultLine),
    `OpenAPI: ${'skipped' in openApi ? `skipped, ${openApi.skipped}` : openApiLine(openApi)}`,
    ...('skipped' in openApi
      ? []
      : openApi.violations.map((one) => `     ${one.operation} ${one.fault} (${one.count} times)`)),
  ];
}

function partLines(
  name: string,
  part: readonly RealCheck[] | Skipped | undefined,
  describe: (checks: readonly RealCheck[]) => string,
): readonly string[] {
  if (part === undefined) return [];
  if ('skipped' in part) return [`${name}: skipped, ${part.skipped}`];
  return [`${name}: ${describe(part)}`, ...checkLines(part)];
}

function exoLine(results: readonly ExoResult[]): string {
  const distinct = new Set(results.map(({ command }) => command)).size;
  const panics = results.filter(({ hasPanicked }) => hasPanicked).length;
  const failed = results.filter(({ faults }) => faults.length > 0).length;
  return `${distinct} distinct command lines, ${failed} not as documented, ${panics} panics`;
}

function vaultLine(checks: readonly RealCheck[]): string {
  return `the contract suite, in memory, ${checks.filter(({ isSkipped }) => isSkipped !== true).length} cases`;
}

function checkLines(checks: readonly RealCheck[]): readonly string[] {
  return table(checks.map((check) => [verdictOf(check), check.what, check.seen]));
}

function verdictOf({ holds, isSkipped }: RealCheck): string {
  if (isSkipped === true) return '  skip';
  return holds ? '  ok  ' : '  FAIL';
}

function openApiLine({ responses, operations, undescribed, violations }: OpenApiSummary): string {
  return (
    `${responses} responses of ${operations.length} operations, ${violations.length} violations; ` +
    `${undescribed} with another status than 200, which it does not describe`
  );
}

/** What makes the lane fail besides its rows. */
export function problemsOf(
  { openApi }: RealOutcome,
  tools: FoundTools,
  everythingIsWanted: boolean,
): readonly string[] {
  // One of the two is enough.
  const isSpare = ({ name }: FoundTool): boolean =>
    (name === 'bao' && tools.vault.file !== undefined) ||
    (name === 'vault' && tools.bao.file !== undefined);
  const missing = Object.values(tools).filter((one) => one.file === undefined && !isSpare(one));
  return [
    ...(everythingIsWanted ? missing.map(({ name, detail }) => `${name}: ${detail}`) : []),
    ...(everythingIsWanted && 'skipped' in openApi ? [openApi.skipped] : []),
  ];
}

export function count(report: RealReport, problems: number): Counts {
  const { exo, createExo, plugin, packer, vault, openApi } = report;
  const parts: readonly (readonly Pick<RealCheck, 'holds' | 'isSkipped'>[] | Skipped)[] = [
    'skipped' in exo ? exo : exo.map(({ faults }) => ({ holds: faults.length === 0 })),
    createExo,
    plugin,
    packer,
    vault,
    'skipped' in openApi ? openApi : [{ holds: openApi.violations.length === 0 }],
  ];
  const all = parts.flatMap((part) => ('skipped' in part ? [] : part));
  const rows = all.filter(({ isSkipped }) => isSkipped !== true);
  return {
    passed: rows.filter(({ holds }) => holds).length,
    failed: rows.filter(({ holds }) => !holds).length + problems,
    skipped: parts.filter((part) => 'skipped' in part).length + all.length - rows.length,
  };
}

export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
