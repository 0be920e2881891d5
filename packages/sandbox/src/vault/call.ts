import type { Fields } from './fields.ts';
import type { Token } from './token.ts';

export type Operation = 'read' | 'list' | 'create' | 'update' | 'delete';

/** One request, decoded: what policies judge and backends serve. */
export interface Call {
  readonly requestId: string;
  readonly operation: Operation;
  /** Decoded, without `/v1/`; ends in `/` when it lists. */
  readonly path: string;
  readonly fields: Fields;
  readonly remoteAddress: string;
  /** As sent; '' when none was. */
  readonly clientToken: string;
  /** 0 when no wrapping is asked for. */
  readonly wrapTtlMs: number;
}

/** A call that found its route. */
export interface RoutedCall extends Call {
  /** What the names in the route's pattern stand for. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Where the backend is mounted: `auth/approle/`. */
  readonly mountPath: string;
  /** Who calls; absent on calls that need no token. */
  readonly token: Token | undefined;
  /** The policies grant `sudo` on this path, or the caller is root. */
  readonly isSudo: boolean;
}

/** A token as a reply shows it. */
export interface AuthReply {
  readonly client_token: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly token_policies: readonly string[];
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly lease_duration: number;
  readonly renewable: boolean;
  readonly entity_id: string;
  readonly token_type: 'service' | 'batch';
  readonly orphan: boolean;
  readonly mfa_requirement: null;
  readonly num_uses: number;
}

/** A secret that Vault must take back one day. */
export interface MintedSecret {
  readonly ttlMs: number;
  /** Counted from the moment of issue; 0 is the mount's maximum. */
  readonly maxTtlMs: number;
  readonly renewable: boolean;
  /** Throws an error with the backend's text when it fails; called again later. */
  revoke(): void;
  /** What the backend would grant a renewal, in milliseconds from now; throws when it refuses. */
  renew(renewal: Renewal): number;
}

export interface Renewal {
  readonly incrementMs: number;
  readonly now: Date;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** What is inside a wrapping token, and under which name it was put there. */
export interface WrappedReply {
  readonly body: string;
  readonly creationPath: string;
  readonly wrappedAccessor?: string | undefined;
}

/** What a backend answers; `undefined` instead of it means nothing to say (204, or 404 on a read). */
export interface Outcome {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly auth?: AuthReply;
  readonly secret?: MintedSecret;
  /** A lease that exists already and is told again, after a renewal. */
  readonly lease?: {
    readonly id: string;
    readonly durationSeconds: number;
    readonly renewable: boolean;
  };
  readonly warnings?: readonly string[];
  /** Type of the mount that answered. @default '' */
  readonly mountType?: string;
  /** @default 200 */
  readonly status?: number;
  /** Keys that old endpoints repeat beside `data`. */
  readonly topLevel?: Readonly<Record<string, unknown>>;
  /** A whole body instead of an envelope: what was unwrapped, and the few endpoints that are older than envelopes. */
  readonly rawBody?: string;
  /** Goes into a new wrapping token as it is. */
  readonly rewrap?: WrappedReply & { readonly ttlMs: number };
}
