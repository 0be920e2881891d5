import { type ApiExchange, startSandbox } from '@exoship/sandbox';
import type { RealCheck } from '../real-check.ts';
import { firstDifference } from './compare-transcripts.ts';
import { configureEngine, stageEngineRole } from './configure-engine.ts';
import { contractCases } from './contract-cases.ts';
import type { ContractVault } from './contract-vault.ts';
import { type Played, playCase } from './play-contract.ts';
import { startRealVault } from './start-real-vault.ts';
import { tryPipeline } from './try-pipeline.ts';

export interface VaultTrialOptions {
  /** `vault` or `bao`. */
  readonly binary: string;
  /** Of the Exoscale engine; without it the cases that need one are skipped. */
  readonly plugin: string | undefined;
  readonly seed: number;
  readonly onApiCall: (exchange: ApiExchange) => void;
  readonly signal: AbortSignal;
}

/**
 * The contract suite on a real Vault that runs in memory, whose plugin works on a sandbox's cloud by its real names, and
 * beside it on the sandbox's own Vault: both must pass, and say the same when they are of one version.
 */
export async function tryVault(options: VaultTrialOptions): Promise<readonly RealCheck[]> {
  const { binary, plugin, seed, onApiCall, signal } = options;
  await using sandbox = await startSandbox({ seed, tls: true, onApiCall });
  const env = sandbox.tls?.env;
  await using started = await startRealVault({ binary, plugin, env, signal });
  const exoscale =
    plugin === undefined ? undefined : await configureEngine(started, sandbox, signal);
  const real: ContractVault = { name: 'real', ...started, exoscale };
  const ours: ContractVault = {
    name: 'sandbox',
    address: sandbox.vaultAddress,
    rootToken: sandbox.vault.rootToken.reveal(),
    exoscale: stageEngineRole(sandbox),
  };
  const isSameVersion = (await versionOf(real, signal)) === (await versionOf(ours, signal));
  const checks: RealCheck[] = [];
  for (const contractCase of contractCases) {
    const played = await playCase(contractCase, real, signal);
    checks.push(judge(played, await playCase(contractCase, ours, signal), isSameVersion));
  }
  const pipeline =
    exoscale === undefined ? [] : await tryPipeline({ sandbox, vault: real, signal });
  return [...checks, ...pipeline];
}

function judge(real: Played, sandbox: Played, isSameVersion: boolean): RealCheck {
  const what = real.name;
  if (real.skipped !== undefined) return { what, holds: true, seen: real.skipped, isSkipped: true };
  if (real.problem !== undefined) return { what, holds: false, seen: real.problem };
  if (sandbox.problem !== undefined) {
    return { what, holds: false, seen: `fails on the sandbox: ${sandbox.problem}` };
  }
  const calls = `${real.transcript.length} answers`;
  if (!isSameVersion) return { what, holds: true, seen: `${calls}, of another version` };
  const difference = firstDifference(sandbox.transcript, real.transcript);
  if (difference !== undefined) return { what, holds: false, seen: difference };
  return { what, holds: true, seen: `${calls}, word for word as the sandbox` };
}

async function versionOf({ address }: ContractVault, signal: AbortSignal): Promise<string> {
  const answer = await fetch(`${address}/v1/sys/health`, { signal });
  const { version } = (await answer.json()) as { version?: string };
  return version ?? 'unknown';
}
