import { exitCodes } from './exit-codes.ts';

/** Something this command made and had to give back. */
export interface Returned {
  /** `API key EXO… (lease …)`, `Vault token (accessor …)`: names, never secrets. */
  readonly what: string;
  /** `proven`: seen to be gone · `accepted`: the request was taken, no proof · `failed`: still there, as far as known. */
  readonly outcome: 'proven' | 'accepted' | 'failed';
  readonly detail?: string | undefined;
  /** When it dies by itself at the latest. */
  readonly expiresAt?: Date | undefined;
}

/** Keeps account of what was given back, so that a success with a doubtful cleanup cannot exit 0. */
export interface CleanupLedger {
  readonly entries: readonly Returned[];
  record(entry: Returned): void;
  /** 0, or {@link exitCodes.cleanupNotProven}. */
  exitCode(): number;
}

export function createCleanupLedger(): CleanupLedger {
  const entries: Returned[] = [];
  return {
    entries,
    record: (entry) => {
      entries.push(entry);
    },
    exitCode: () =>
      entries.every((entry) => entry.outcome === 'proven')
        ? exitCodes.ok
        : exitCodes.cleanupNotProven,
  };
}
