import { runExo } from './exo/run-exo.ts';
import type { ExoResult } from './exo/run-exo-cases.ts';
import type { FoundTools } from './find-tools.ts';
import { buildPluginHost } from './go-programs.ts';
import type { OpenApiCheck, OpenApiSummary } from './openapi/openapi-check.ts';
import { tryPacker } from './packer/try-packer.ts';
import type { RealCheck } from './real-check.ts';
import { tryPlugin } from './vault-plugin/try-plugin.ts';

export interface RealOptions {
  readonly tools: FoundTools;
  /** Judges everything that is answered, when Exoscale's description is at hand. */
  readonly check: OpenApiCheck | undefined;
  readonly seed: number;
  readonly onExo: (result: ExoResult) => void;
  readonly signal: AbortSignal;
}

/** What the real parts did; what is missing was skipped, for the reason given. */
export interface RealOutcome {
  readonly exo: readonly ExoResult[] | Skipped;
  readonly plugin: readonly RealCheck[] | Skipped;
  readonly packer: readonly RealCheck[] | Skipped;
  readonly openApi: OpenApiSummary | Skipped;
}

export interface Skipped {
  readonly skipped: string;
}

/** Lets every real part that is there work on a sandbox, and compares all that they were answered with the description. */
export async function runReal(options: RealOptions): Promise<RealOutcome> {
  const { tools, check, seed, onExo, signal } = options;
  const onApiCall = check?.judge ?? (() => undefined);
  const exo = tools.exo.file;
  return {
    exo:
      exo === undefined
        ? { skipped: 'no exo' }
        : await runExo(exo, { seed, onApiCall }, onExo, signal),
    plugin: await runPlugin(options, onApiCall),
    packer: await runPacker(options, onApiCall),
    openApi: judged(check),
  };
}

function judged(check: OpenApiCheck | undefined): OpenApiSummary | Skipped {
  if (check === undefined) return { skipped: 'no OpenAPI file: set EXOSCALE_OPENAPI' };
  const summary = check.summary();
  return summary.responses === 0 ? { skipped: 'nothing was answered' } : summary;
}

async function runPlugin(
  { tools, seed, signal }: RealOptions,
  onApiCall: Parameters<typeof tryPlugin>[0]['onApiCall'],
): Promise<readonly RealCheck[] | Skipped> {
  const plugin = tools['vault plugin'].file;
  if (plugin === undefined) return { skipped: 'no plugin' };
  if (tools.go.file === undefined) return { skipped: 'no Go to build its host' };
  const host = await buildPluginHost(signal);
  if ('problem' in host) return { skipped: host.problem };
  return await tryPlugin({ host: host.file, plugin, seed, onApiCall, signal });
}

async function runPacker(
  { tools, seed, signal }: RealOptions,
  onApiCall: Parameters<typeof tryPacker>[0]['onApiCall'],
): Promise<readonly RealCheck[] | Skipped> {
  const { file: packer } = tools.packer;
  const { file: plugin, detail } = tools['packer plugin'];
  if (packer === undefined) return { skipped: 'no packer' };
  if (plugin === undefined) return { skipped: `no plugin: ${detail}` };
  return await tryPacker({ packer, plugin, seed, onApiCall, signal });
}
