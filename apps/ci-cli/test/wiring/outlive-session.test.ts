import { VaultError, type VaultErrorCode, type VaultSession } from '@exoship/vault-approle';
import { expect, test } from 'vitest';
import { outliveSession } from '../../src/wiring/outlive-session.ts';

/** A session that gives leases back, or refuses to. */
function sessionThat(refusal?: VaultErrorCode): {
  session: VaultSession;
  revoked: string[];
} {
  const revoked: string[] = [];
  const session = {
    async revokeLease(leaseId: string) {
      if (refusal === undefined) return void revoked.push(leaseId);
      const options = { code: refusal, path: 'sys/leases/revoke', retryable: false };
      throw new VaultError('Cannot revoke a lease', options);
    },
  };
  return { session: session as unknown as VaultSession, revoked };
}

test.each(['denied', 'session-ended'] as const)(
  'the latest session gives back what one that is %s cannot',
  async (code) => {
    const [own, latest] = [sessionThat(code), sessionThat()];
    await outliveSession(own.session, () => latest.session).revokeLease('lease');
    expect(latest.revoked).toEqual(['lease']);
  },
);

test('a session that can gives its own back, and any other failure stays one', async () => {
  const [own, latest] = [sessionThat(), sessionThat()];
  await outliveSession(own.session, () => latest.session).revokeLease('lease');
  expect([own.revoked, latest.revoked]).toEqual([['lease'], []]);
  const failing = sessionThat('revoke-failed').session;
  const attempt = outliveSession(failing, () => latest.session).revokeLease('lease');
  await expect(attempt).rejects.toMatchObject({ code: 'revoke-failed' });
});

test('where there is no other session the refusal is told', async () => {
  const { session } = sessionThat('denied');
  for (const latest of [undefined, session]) {
    const attempt = outliveSession(session, () => latest).revokeLease('lease');
    await expect(attempt).rejects.toMatchObject({ code: 'denied' });
  }
});
