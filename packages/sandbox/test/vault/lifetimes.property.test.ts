import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPipelineVault, type PipelineVault } from './open-vault.ts';

const HOUR_MS = 3_600_000;
const REVOCATION_DELAY_MS = 500;

/** What a crowd of jobs may do to a Vault; `who` and `which` choose among what there is. */
const action = fc.oneof(
  fc.record({ kind: fc.constant('log-in' as const) }),
  fc.record({ kind: fc.constant('mint' as const), who: fc.nat(9) }),
  fc.record({ kind: fc.constant('renew-token' as const), who: fc.nat(9) }),
  fc.record({ kind: fc.constant('renew-lease' as const), which: fc.nat(9) }),
  fc.record({ kind: fc.constant('revoke-lease' as const), which: fc.nat(9), sync: fc.boolean() }),
  fc.record({ kind: fc.constant('revoke-token' as const), who: fc.nat(9) }),
  fc.record({ kind: fc.constant('cloud-fails' as const), times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constant('wait' as const), durationMs: fc.nat(20 * 60_000) }),
);
type Action = typeof action extends fc.Arbitrary<infer Kind> ? Kind : never;

interface Crowd {
  readonly tokens: string[];
  readonly leases: string[];
  /** Each puts one failure of the cloud right. */
  readonly repairs: (() => void)[];
}

async function act(vault: PipelineVault, crowd: Crowd, step: Action): Promise<void> {
  const token = 'who' in step ? (crowd.tokens[step.who] ?? '') : '';
  const lease_id = 'which' in step ? (crowd.leases[step.which] ?? 'none') : '';
  switch (step.kind) {
    case 'log-in':
      crowd.tokens.push(await vault.logIn());
      return;
    case 'mint': {
      const minted = await vault.call('GET exoscale/apikey/ci', { token });
      if (minted.status === 200) crowd.leases.push(minted.body.lease_id);
      return;
    }
    case 'renew-token':
      await vault.call('POST auth/token/renew-self', { token });
      return;
    case 'renew-lease':
      await vault.call('POST sys/leases/renew', { body: { lease_id } });
      return;
    case 'revoke-lease':
      await vault.call('POST sys/leases/revoke', { body: { lease_id, sync: step.sync } });
      return;
    case 'revoke-token':
      await vault.call('POST auth/token/revoke-self', { token });
      return;
    case 'cloud-fails':
      crowd.repairs.push(
        vault.vault.inject({ backend: 'delete-key', message: 'down', times: step.times }),
      );
      return;
    case 'wait':
      vault.scheduler.advance(step.durationMs);
  }
}

test('every key has a lease, none outlives its term, and in the end nothing is left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (steps) => {
      const vault = await openPipelineVault({}, { revocationDelayMs: REVOCATION_DELAY_MS });
      const crowd: Crowd = { tokens: [], leases: [], repairs: [] };
      for (const step of steps) {
        await act(vault, crowd, step);
        const { leases, tokens } = vault.vault.snapshot();
        expect(leases).toHaveLength(vault.issuer.keys.size);
        const now = vault.scheduler.now().getTime();
        for (const lease of leases.filter(({ failedRevocations }) => failedRevocations === 0)) {
          expect(lease.expiresAt.getTime() + REVOCATION_DELAY_MS).toBeGreaterThan(now);
          expect(lease.expiresAt.getTime()).toBeLessThanOrEqual(now + HOUR_MS);
        }
        for (const { expiresAt } of tokens) {
          expect(expiresAt?.getTime() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
        }
      }
      for (const repair of crowd.repairs) repair();
      for (const { id } of vault.vault.snapshot().leases) {
        await vault.must('POST sys/leases/revoke', { body: { lease_id: id } });
      }
      vault.scheduler.advance(2 * HOUR_MS);
      expect(vault.issuer.keys.size).toBe(0);
      expect(vault.vault.snapshot().tokens).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});
