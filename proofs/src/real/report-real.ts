import { table } from '../table.ts';
import type { ExoResult } from './exo/run-exo-cases.ts';
import type { FoundTools } from './find-tools.ts';
import type { OpenApiSummary } from './openapi/openapi-check.ts';
import type { RealCheck } from './real-check.ts';
import type { RealOutcome, Skipped } from './run-real.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What the lane found besides the lines of `exo`, which were told as they came. */
export function reportLines({ exo, plugin, openApi }: RealOutcome): readonly string[] {
  return [
    '',
    `exo: ${'skipped' in exo ? `skipped, ${exo.skipped}` : exoLine(exo)}`,
    `vault plugin: ${'skipped' in plugin ? `skipped, ${plugin.skipped}` : 'driven by proofs/src/real/vault-plugin/host, in the place of Vault'}`,
    ...('skipped' in plugin ? [] : pluginLines(plugin)),
    `OpenAPI: ${'skipped' in openApi ? `skipped, ${openApi.skipped}` : openApiLine(openApi)}`,
    ...('skipped' in openApi
      ? []
      : openApi.violations.map((one) => `     ${one.operation} ${one.fault} (${one.count} times)`)),
  ];
}

function exoLine(results: readonly ExoResult[]): string {
  const distinct = new Set(results.map(({ command }) => command)).size;
  const panics = results.filter(({ hasPanicked }) => hasPanicked).length;
  const failed = results.filter(({ faults }) => faults.length > 0).length;
  return `${distinct} distinct command lines, ${failed} not as documented, ${panics} panics`;
}

function pluginLines(checks: readonly RealCheck[]): readonly string[] {
  return table(checks.map(({ what, holds, seen }) => [holds ? '  ok  ' : '  FAIL', what, seen]));
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
  const missing = Object.values(tools).filter(({ file }) => file === undefined);
  return [
    ...(everythingIsWanted ? missing.map(({ name, detail }) => `${name}: ${detail}`) : []),
    ...(everythingIsWanted && 'skipped' in openApi ? [openApi.skipped] : []),
  ];
}

export function count({ exo, plugin, openApi }: RealOutcome, problems: number): Counts {
  const parts: readonly (readonly { readonly holds: boolean }[] | Skipped)[] = [
    'skipped' in exo ? exo : exo.map(({ faults }) => ({ holds: faults.length === 0 })),
    plugin,
    'skipped' in openApi ? openApi : [{ holds: openApi.violations.length === 0 }],
  ];
  const rows = parts.flatMap((part) => ('skipped' in part ? [] : part));
  return {
    passed: rows.filter(({ holds }) => holds).length,
    failed: rows.filter(({ holds }) => !holds).length + problems,
    skipped: parts.filter((part) => 'skipped' in part).length,
  };
}

export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
