import type { Lease } from './lease-store.ts';
import type { SecretId } from './secret-ids.ts';
import type { Token } from './token.ts';

/** Everything alive in a Vault, named by accessors: fit to be printed. */
export interface VaultSnapshot {
  readonly tokens: readonly {
    readonly accessor: string;
    readonly type: 'service' | 'batch';
    readonly displayName: string;
    readonly path: string;
    readonly policies: readonly string[];
    readonly isWrapping: boolean;
    /** Unlimited when 0. */
    readonly usesLeft: number;
    readonly expiresAt: Date | undefined;
  }[];
  readonly secretIds: readonly {
    readonly accessor: string;
    readonly roleName: string;
    readonly usesLeft: number;
    readonly expiresAt: Date | undefined;
  }[];
  readonly leases: readonly {
    readonly id: string;
    readonly path: string;
    readonly expiresAt: Date;
    readonly failedRevocations: number;
    readonly revokeError: string | undefined;
  }[];
}

export function takeSnapshot(alive: {
  readonly tokens: readonly Token[];
  readonly secretIds: readonly SecretId[];
  readonly leases: readonly Lease[];
}): VaultSnapshot {
  return {
    tokens: alive.tokens.map((token) => ({
      accessor: token.accessor,
      type: token.type,
      displayName: token.displayName,
      path: token.path,
      policies: token.policies,
      isWrapping: token.wrapped !== undefined,
      usesLeft: token.usesLeft,
      expiresAt: token.expiresAt,
    })),
    secretIds: alive.secretIds.map(({ accessor, roleName, usesLeft, expiresAt }) => ({
      accessor,
      roleName,
      usesLeft,
      expiresAt,
    })),
    leases: alive.leases.map(({ id, path, expiresAt, failedRevocations, revokeError }) => ({
      id,
      path,
      expiresAt,
      failedRevocations,
      revokeError,
    })),
  };
}
