import type { Lease, LeaseSource } from '../src/index.ts';

export const leaseId = 'exoscale/apikey/gitlab-ci-runner/lease-1';
export const keyData = { name: 'vault-x', api_key: 'EXO123', api_secret: 'CANARY-api-secret-5555' };

type Answer<Value> = Value | Error | (() => Promise<Value>);

interface FakeAnswers {
  /** Each list is used up in order; its last element repeats. */
  readonly read?: readonly Answer<Lease>[];
  readonly revokeLease?: readonly Answer<void>[];
  readonly renewLease?: readonly Answer<{ readonly expiresAt: Date }>[];
  readonly lookupLease?: readonly Answer<object | undefined>[];
}

export interface FakeSource extends LeaseSource {
  readonly calls: readonly string[];
}

/** A source of leases that answers from a script. */
export function createFakeSource(answers: FakeAnswers = {}): FakeSource {
  const calls: string[] = [];
  const read = script(answers.read ?? [leaseOf(keyData)]);
  const revokeLease = script<void>(answers.revokeLease ?? [undefined]);
  const lookupLease = script<object | undefined>(answers.lookupLease ?? [undefined]);
  const renewLease = answers.renewLease && script(answers.renewLease);
  return {
    calls,
    ...(renewLease && { renewLease: () => renewLease() }),
    async read(path) {
      calls.push(`read ${path}`);
      return await read();
    },
    async revokeLease(id) {
      calls.push(`revoke ${id}`);
      await revokeLease();
    },
    async lookupLease(id) {
      calls.push(`lookup ${id}`);
      return await lookupLease();
    },
  };
}

export function leaseOf(
  data: Readonly<Record<string, unknown>>,
  lease: Partial<Lease> = {},
): Lease {
  return { data, leaseId, leaseDurationMs: 900_000, ...lease };
}

/** An error as the port describes it: only `retryable` is looked at. */
export function sourceError(message: string, retryable: boolean): Error {
  return Object.assign(new Error(message), { retryable });
}

function script<Value>(answers: readonly Answer<Value>[]): () => Promise<Value> {
  let next = 0;
  return async () => {
    const answer = answers[Math.min(next, answers.length - 1)] as Answer<Value>;
    next += 1;
    if (answer instanceof Error) throw answer;
    return isProducer(answer) ? await answer() : answer;
  };
}

function isProducer<Value>(answer: Answer<Value>): answer is () => Promise<Value> {
  return typeof answer === 'function';
}
