import type { FailedRequest } from '../load/load.ts';

export interface BlameOptions {
  /** Members that run the release under way, by id. */
  readonly newMembers: ReadonlySet<string>;
  /** When each of them passed the gate; a member that never did has no entry. */
  readonly provedAt: ReadonlyMap<string, Date>;
}

export interface Blame {
  readonly dropped: readonly FailedRequest[];
  readonly fromUnproven: readonly FailedRequest[];
}

/**
 * Tells a broken promise from a strategy's blast radius: a failure counts as `fromUnproven` only when the balancer had
 * given its connection to a new member that had not passed the gate yet. Whatever cannot be attributed is dropped.
 */
export function blame(
  failed: readonly FailedRequest[],
  { newMembers, provedAt }: BlameOptions,
): Blame {
  const isUnproven = ({ memberId, failedAt }: FailedRequest): boolean => {
    if (memberId === undefined || !newMembers.has(memberId)) return false;
    const provedSince = provedAt.get(memberId);
    return provedSince === undefined || failedAt < provedSince;
  };
  const { dropped = [], fromUnproven = [] } = Object.groupBy(failed, (request) =>
    isUnproven(request) ? 'fromUnproven' : 'dropped',
  );
  return { dropped, fromUnproven };
}
