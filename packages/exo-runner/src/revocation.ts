/** What is certain about a key after it was given back. */
export interface Revocation {
  /**
   * `proven`: the revocation was accepted, the lease is gone and a call with the key is refused. `accepted`: only the
   * first is certain. `failed`: not even that, so the key may live until `expiresAt`.
   */
  readonly outcome: 'proven' | 'accepted' | 'failed';
  readonly leaseId: string;
  readonly expiresAt: Date;
  /** Why the outcome is not `proven`. */
  readonly reason?: string;
}
