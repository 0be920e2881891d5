import { randomBytes } from 'node:crypto';
import type { ContractCase, Stage } from './contract-case.ts';
import type { ContractVault } from './contract-vault.ts';
import { openWire, type Wire } from './wire.ts';

export interface Played {
  readonly name: string;
  /** Why it failed. */
  readonly problem?: string | undefined;
  readonly skipped?: string | undefined;
  /** What was said, line by line; alike for Vaults of one version. */
  readonly transcript: readonly string[];
}

/** Tries one case with mounts and names of its own, and takes them away again. */
export async function playCase(
  contractCase: ContractCase,
  vault: ContractVault,
  signal: AbortSignal = AbortSignal.timeout(60_000),
): Promise<Played> {
  const { name, needs } = contractCase;
  if (needs === 'exoscale' && vault.exoscale === undefined) {
    return { name, skipped: 'no Exoscale engine there', transcript: [] };
  }
  const prefix = `exoship-${randomBytes(4).toString('hex')}`;
  const own = { appRole: `${prefix}-approle`, jwt: `${prefix}-jwt` };
  const names = new Map([
    [prefix, '<prefix>'],
    [vault.address, '<address>'],
    ...(vault.exoscale === undefined ? [] : [[vault.exoscale.mountPath, '<engine>'] as const]),
  ]);
  const wire = openWire(vault.address, names, signal);
  const root = vault.rootToken;
  const stage: Stage = {
    ...wire,
    ...own,
    vault,
    root,
    prefix,
    signal,
    engine() {
      if (vault.exoscale === undefined) throw new RangeError('There is no Exoscale engine');
      return vault.exoscale;
    },
  };
  const backstage = openWire(vault.address, names, signal);
  for (const [method, type] of [
    [own.appRole, 'approle'],
    [own.jwt, 'jwt'],
  ] as const) {
    await backstage.must('POST', `sys/auth/${method}`, { token: root, body: { type } });
  }
  try {
    await contractCase.play(stage);
    return { name, transcript: wire.transcript };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { name, problem, transcript: wire.transcript };
  } finally {
    await clearAway(backstage, stage);
  }
}

async function clearAway(
  { ask }: Wire,
  { appRole, jwt, prefix, root, vault }: Stage,
): Promise<void> {
  const token = root;
  if (vault.exoscale !== undefined) {
    const { mountPath } = vault.exoscale;
    await ask('POST', `sys/leases/revoke-prefix/${mountPath}/apikey/${prefix}`, { token });
    await ask('DELETE', `${mountPath}/role/${prefix}`, { token });
  }
  for (const method of [appRole, jwt]) await ask('DELETE', `sys/auth/${method}`, { token });
  const policies = await ask('GET', 'sys/policies/acl?list=true', { token });
  for (const name of policies.body.data?.keys ?? []) {
    if (name.startsWith(prefix)) await ask('DELETE', `sys/policies/acl/${name}`, { token });
  }
}
