import { connectToVault, type TokenFacts } from '@exoship/vault-approle';
import type { Identity } from '../credentials/choose-identity.ts';
import { connectionTo } from '../credentials/connection.ts';
import { toFailure } from '../failure.ts';
import type { Job } from '../job.ts';
import type { KeySource } from '../wiring/key-source.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const DAY_MS = 86_400_000;

/** The token that is stored in a CI variable: may it do enough, and not too much, and for how long? */
export async function checkBroker(
  job: Job,
  source: KeySource,
  { token }: Extract<Identity, { readonly kind: 'broker' }>,
): Promise<readonly Finding[]> {
  const { signal, clock } = job.context;
  const vault = connectToVault({ ...(await connectionTo(job, source)), token });
  const { appRoleMount, appRole, engineMount, role } = source;
  const needed = `auth/${appRoleMount}/role/${appRole}/secret-id`;
  const forbidden = [`${engineMount}/apikey/${role}`, 'sys/policies/acl/x', 'auth/token/create'];
  try {
    const facts = await vault.lookupSelf({ signal });
    const may = await vault.capabilities([needed, ...forbidden], { signal });
    const excess = forbidden.filter((path) => isAllowed(may[path]));
    return [
      judgeLife(facts, clock.now()),
      isAllowed(may[needed])
        ? ok('broker policy', `may create secret ids of ${appRole}`)
        : fail('broker policy', `may not write "${needed}"`, 'Run `ci-cli vault setup`'),
      ...(excess.length === 0
        ? []
        : [
            warn(
              'broker policy',
              `may do more than it needs: ${excess.join(', ')}`,
              'Give it the policy that `ci-cli vault setup` makes, and no other',
            ),
          ]),
    ];
  } catch (error) {
    const { message, remedy } = toFailure(error);
    return [fail('broker token', message, remedy ?? 'Make a new one and store it')];
  }
}

function isAllowed(capabilities: readonly string[] | undefined): boolean {
  return (capabilities ?? ['deny']).some((capability) => capability !== 'deny');
}

function judgeLife({ expiresAt, isRenewable, periodMs }: TokenFacts, now: Date): Finding {
  const leftMs = expiresAt.getTime() - now.getTime();
  const until = `ends at ${expiresAt.toISOString()}`;
  if (leftMs > 365 * DAY_MS) {
    const mend = 'Make a periodic one: vault token create -orphan -period=24h -policy=…';
    return warn('broker token', 'never ends, whoever has it', mend);
  }
  if (periodMs === undefined || !isRenewable) {
    const mend = 'Replace it by a periodic one, or use `id_tokens`: nothing is stored then';
    return warn('broker token', `${until}, and cannot be kept alive`, mend);
  }
  if (leftMs < periodMs / 4) {
    const mend = 'Run a job: each use renews it';
    return warn('broker token', `${until}: nobody has used it for long`, mend);
  }
  const hours = Math.round(periodMs / 3_600_000);
  return ok(
    'broker token',
    `${until}, renewed at each use for ${hours} h; it is a stored credential`,
  );
}
