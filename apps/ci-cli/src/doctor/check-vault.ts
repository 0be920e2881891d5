import { connectToVault, type VaultHealth } from '@exoship/vault-approle';
import { connectionTo } from '../credentials/connection.ts';
import { toFailure } from '../failure.ts';
import type { Job } from '../job.ts';
import type { VaultPlace } from '../wiring/key-source.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** JWTs and signatures bear a little. */
const MOST_SKEW_MS = 30_000;

/** Address, TLS, seal and clock, without any credential. */
export async function checkVault(job: Job, place: VaultPlace): Promise<readonly Finding[]> {
  try {
    const vault = connectToVault(await connectionTo(job, place));
    const health = await vault.health({ signal: job.context.signal });
    return [judgeState(health), judgeSkew(health), ...judgeSkipVerify(job)];
  } catch (error) {
    const { message, remedy } = toFailure(error);
    const mend = remedy ?? 'Check VAULT_ADDR, and that this machine reaches it';
    return [fail('vault', message, mend)];
  }
}

function judgeState({ state, version }: VaultHealth): Finding {
  const detail = `Vault ${version || 'of an unknown version'} is ${state}`;
  if (state === 'active' || state === 'standby') return ok('vault', detail);
  return fail('vault', detail, state === 'sealed' ? 'Unseal it' : 'Look at the server');
}

function judgeSkew({ clockSkewMs }: VaultHealth): Finding {
  const seconds = Math.round(Math.abs(clockSkewMs) / 1_000);
  const detail = `this clock is ${seconds} s ${clockSkewMs < 0 ? 'behind' : 'ahead of'} Vault's`;
  if (Math.abs(clockSkewMs) <= MOST_SKEW_MS) return ok('clock', detail);
  return warn('clock', detail, 'Let both machines keep their time by NTP');
}

function judgeSkipVerify({ context }: Job): readonly Finding[] {
  const value = (context.env.VAULT_SKIP_VERIFY ?? '').toLowerCase();
  if (!['1', 't', 'true'].includes(value)) return [];
  const detail = 'VAULT_SKIP_VERIFY is set, and is not obeyed: certificates are always checked';
  return [warn('tls', detail, 'Unset it, and name the authority in VAULT_CACERT')];
}
