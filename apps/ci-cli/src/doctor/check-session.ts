import { isVaultError, type VaultSession } from '@exoship/vault-approle';
import type { Identity } from '../credentials/choose-identity.ts';
import { toFailure } from '../failure.ts';
import type { Job } from '../job.ts';
import { giveBackToken } from '../wiring/give-back.ts';
import type { KeySource } from '../wiring/key-source.ts';
import { logIn } from '../wiring/log-in.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Logs in as a job does, asks what the token may do, and gives it back. No key is made. */
export async function checkSession(
  job: Job,
  source: KeySource,
  identity: Identity,
): Promise<readonly Finding[]> {
  if (identity.kind === 'secret-id' || identity.kind === 'wrapped-secret-id') {
    const detail = `would use up the ${identity.kind === 'secret-id' ? 'secret id' : 'wrapping token'}`;
    return [{ what: 'login', verdict: 'skip', detail }];
  }
  try {
    const session = await logIn(job, source, identity);
    try {
      const until = session.expiresAt.toISOString();
      return [
        ok('login', `by ${identity.kind}, until ${until}`),
        ...(await judge(job, source, session)),
      ];
    } finally {
      await giveBackToken(job, session);
    }
  } catch (error) {
    const { message, remedy } = toFailure(error);
    return [fail('login', message, remedy ?? 'See docs/credentials.md')];
  }
}

async function judge(
  { context: { signal } }: Job,
  source: KeySource,
  session: VaultSession,
): Promise<readonly Finding[]> {
  const mint = `${source.engineMount}/apikey/${source.role}`;
  const revoke = 'sys/leases/revoke';
  const may = await session.capabilities([mint, revoke], { signal });
  return [
    isAllowed(may[mint], 'read')
      ? ok('policy', `may get keys of ${source.role}`)
      : fail('policy', `may not read "${mint}"`, 'Run `ci-cli vault setup`'),
    isAllowed(may[revoke], 'update')
      ? ok('policy', 'may give keys back with proof')
      : warn('policy', `may not update "${revoke}": exit code 18`, 'Run `ci-cli vault setup`'),
    await judgeRole(source, session, signal),
  ];
}

async function judgeRole(
  { engineMount, role }: KeySource,
  session: VaultSession,
  signal: AbortSignal,
): Promise<Finding> {
  const path = `${engineMount}/role/${role}`;
  const mend = 'Run `ci-cli vault setup`';
  try {
    const { data } = await session.read(path, { signal });
    const life = `ttl ${inSeconds(data.ttl)}, max_ttl ${inSeconds(data.max_ttl)}`;
    return ok('engine role', `${role} makes keys, ${life}`);
  } catch (error) {
    if (!isVaultError(error)) throw error;
    if (error.code === 'not-found') return fail('engine role', `there is no "${path}"`, mend);
    return warn('engine role', `"${path}" cannot be looked at: ${error.code}`, mend);
  }
}

function inSeconds(value: unknown): string {
  return typeof value === 'number' ? `${value} s` : 'of the mount';
}

function isAllowed(capabilities: readonly string[] | undefined, wanted: string): boolean {
  return (capabilities ?? []).some((one) => one === wanted || one === 'root');
}
