import {
  type BrokerCredential,
  type LoginOptions,
  loginWithAppRole,
  type Secret,
  type SecretIdCredential,
  type VaultSession,
  type WrappedSecretIdCredential,
} from '../src/index.ts';
import { type FakeVault, loginAnswer } from './fake-vault.ts';
import { createManualClock } from './manual-clock.ts';

/** Values that must never be printed; the tests look for them everywhere. */
export const canaries = {
  secretId: 'CANARY-secret-id-0000-1111',
  generated: 'CANARY-generated-2222-3333',
  brokerToken: 'hvs.CANARY-broker-44444444',
  token: 'hvs.CANARY-token-00000001',
  wrapping: 'hvs.CANARY-wrapping-55555555',
} as const;

export const secretIdCredential: SecretIdCredential = {
  kind: 'secret-id',
  secretId: secret(canaries.secretId),
};

export const brokerCredential: BrokerCredential = {
  kind: 'broker',
  token: secret(canaries.brokerToken),
  roleName: 'gitlab-ci-runner',
};

export const wrappedCredential: WrappedSecretIdCredential = {
  kind: 'wrapped-secret-id',
  token: secret(canaries.wrapping),
  roleName: 'gitlab-ci-runner',
  ttlMs: 60_000,
};

export function secret(value: string): Secret {
  return { reveal: () => value };
}

export async function logIn(
  vault: FakeVault,
  options: Partial<LoginOptions> = {},
): Promise<VaultSession> {
  return await loginWithAppRole({
    address: vault.address,
    roleId: 'role-id-1',
    credential: secretIdCredential,
    clock: createManualClock(),
    ...options,
  });
}

export async function openSession(
  vault: FakeVault,
  options: Partial<LoginOptions> = {},
): Promise<VaultSession> {
  vault.script('POST auth/approle/login', loginAnswer());
  return await logIn(vault, options);
}

/** The first request of the kind; those of different tokens come in no order. */
export function requestTo(vault: FakeVault, call: string): FakeVault['seen'][number] | undefined {
  return vault.seen.find(({ method, url }) => `${method} ${url.replace('/v1/', '')}` === call);
}

/** The error of a promise that must reject. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('Expected a rejection');
}
