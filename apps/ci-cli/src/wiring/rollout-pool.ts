import type { Exoscale, InstancePool } from '@exoship/exoscale-api';
import { createRolloutPool } from '@exoship/exoscale-api/rollout-pool';
import type { Pool } from '@exoship/rollout';
import { runCommand } from '../build/run-command.ts';
import { CliError } from '../cli-error.ts';
import type { DrainConfig } from '../config/drain-schema.ts';
import { fillPlaceholders } from '../config/placeholders.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';

const DRAIN_COMMAND_TIMEOUT_MS = 30_000;

/** The pool by name or id. @throws CliError when there is none. */
export async function findPool(
  { pools }: Exoscale,
  { pool, zone }: Settings,
  signal: AbortSignal,
): Promise<InstancePool> {
  const all = await pools.list({ signal });
  const found = all.find(({ id }) => id === pool) ?? (await pools.findByName(pool, { signal }));
  if (found !== undefined) return found;
  const known = all.map(({ name }) => name).join(', ') || 'none';
  throw new CliError(`There is no instance pool "${pool}" in zone ${zone}: there are ${known}`, {
    exitCode: exitCodes.exoscale,
    remedy: 'Mend `pool` in exoship.yaml, or create the pool',
  });
}

/** The instance pool as the rollout engine drives it, drained the way exoship.yaml says. */
export function wireRolloutPool(
  job: Job,
  exoscale: Exoscale,
  poolId: string,
  settings: Settings,
): Pool {
  const { drain } = settings.deploy;
  const { clock } = job.context;
  if (drain.kind !== 'command') {
    return createRolloutPool(exoscale, { poolId, clock, drain: adapterDrain(drain, settings) });
  }
  const pool = createRolloutPool(exoscale, { poolId, clock, drain: { kind: 'none' } });
  return { ...pool, drain: drainByCommand(job, drain.command, settings) };
}

function adapterDrain(drain: Exclude<DrainConfig, { kind: 'command' }>, { test }: Settings) {
  if (drain.kind !== 'http') return { kind: drain.kind };
  const { kind, path, method, port = test.port } = drain;
  return { kind, path, method, port };
}

function drainByCommand(
  { context, progress }: Job,
  command: readonly [string, ...string[]],
  { folder, test }: Settings,
): NonNullable<Pool['drain']> {
  return async (member, options) => {
    const values = {
      id: member.id,
      name: member.name,
      address: member.address ?? '',
      port: String(test.port),
    };
    const [file, ...args] = command.map((word) => fillPlaceholders(word, values));
    const { exitCode, lastLines } = await runCommand([file ?? '', ...args], {
      cwd: folder,
      env: context.env,
      timeoutMs: DRAIN_COMMAND_TIMEOUT_MS,
      signal: options?.signal ?? context.signal,
      onLine: (line) => progress.line(`  ${line}`),
    });
    if (exitCode === 0) return;
    throw new CliError(`Drain command exited ${exitCode}: ${lastLines.at(-1) ?? ''}`, {
      exitCode: exitCodes.stuck,
    });
  };
}
