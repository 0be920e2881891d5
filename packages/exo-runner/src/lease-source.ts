export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What reading a path leased. */
export interface Lease {
  readonly data: Readonly<Record<string, unknown>>;
  /** Empty when nothing was leased. */
  readonly leaseId: string;
  readonly leaseDurationMs: number;
  /** @default true */
  readonly renewable?: boolean | undefined;
}

/** Where keys come from and go back to: a Vault session, seen from here. */
export interface LeaseSource {
  read(path: string, options?: CallOptions): Promise<Lease>;
  /** Resolves once the key is revoked at Exoscale; rejects with `retryable: true` when another try may help. */
  revokeLease(leaseId: string, options?: CallOptions): Promise<void>;
  /** `undefined` when there is no such lease any more. */
  lookupLease(leaseId: string, options?: CallOptions): Promise<object | undefined>;
  /** Extends a lease as far as its maximum allows; only `ApiKey.renew()` needs it. */
  renewLease?(leaseId: string, options?: CallOptions): Promise<{ readonly expiresAt: Date }>;
}
