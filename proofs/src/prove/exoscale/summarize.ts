import type { OpenApiSummary } from '../../real/openapi/openapi-check.ts';
import type { RealCheck } from '../../real/real-check.ts';
import type { RealOutcome, Skipped } from '../../real/run-real.ts';
import type { FaultResult } from './prove-faults.ts';
import type { ImportProof } from './prove-import.ts';

export interface ExoscaleResults {
  readonly seed: number;
  readonly faults: readonly FaultResult[];
  readonly imported: ImportProof;
  readonly real: RealOutcome;
}

/** What `reports/prove/exoscale.json` holds. */
export interface ExoscaleReport {
  readonly seed: number;
  readonly exoCommands:
    | Skipped
    | { readonly distinct: number; readonly failed: number; readonly panics: number };
  readonly plugin: Skipped | readonly RealCheck[];
  readonly packer: Skipped | readonly RealCheck[];
  readonly openapi:
    | Skipped
    | (Pick<OpenApiSummary, 'responses' | 'undescribed'> & {
        readonly operations: number;
        readonly violations: number;
      });
  readonly faults: { readonly cases: number; readonly violations: number };
  readonly import: Omit<ImportProof, 'leftovers'> & { readonly leftovers: number };
  readonly violations: readonly string[];
}

/** exo commands that a run with the real exo must try. */
const fewestCommands = 45;
const mostImportMiB = 150;

export function summarize({ seed, faults, imported, real }: ExoscaleResults): ExoscaleReport {
  const { exo, plugin, packer, openApi } = real;
  const checks = [plugin, packer].flatMap((part) => ('skipped' in part ? [] : part));
  const distinct = 'skipped' in exo ? 0 : new Set(exo.map(({ command }) => command)).size;
  const wrongExo = 'skipped' in exo ? [] : exo.filter((result) => result.faults.length > 0);
  const wrongFaults = faults.filter((result) => result.faults.length > 0);
  return {
    seed,
    exoCommands:
      'skipped' in exo
        ? exo
        : {
            distinct,
            failed: wrongExo.length,
            panics: exo.filter(({ hasPanicked }) => hasPanicked).length,
          },
    plugin,
    packer,
    openapi:
      'skipped' in openApi
        ? openApi
        : {
            responses: openApi.responses,
            operations: openApi.operations.length,
            undescribed: openApi.undescribed,
            violations: openApi.violations.length,
          },
    faults: { cases: faults.length, violations: wrongFaults.length },
    import: { ...imported, leftovers: imported.leftovers.length },
    violations: [
      ...wrongExo.map(({ command, faults: wrong }) => `${command}: ${wrong.join('; ')}`),
      ...('skipped' in exo || distinct >= fewestCommands ? [] : [`only ${distinct} exo commands`]),
      ...checks.filter(({ holds }) => !holds).map(({ what }) => what),
      ...('skipped' in openApi
        ? []
        : openApi.violations.map(({ operation, fault }) => `${operation} ${fault}`)),
      ...wrongFaults.map(({ name, faults: wrong }) => `${name}: ${wrong.join('; ')}`),
      ...imported.leftovers.map((what) => `left behind: ${what}`),
      ...(imported.peakMiB <= mostImportMiB
        ? []
        : [`the import took ${imported.peakMiB} MiB of memory, over ${mostImportMiB}`]),
    ],
  };
}
