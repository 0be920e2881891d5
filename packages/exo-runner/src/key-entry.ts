import type { KeyHold, ReplaceableKey } from './api-key-provider.ts';
import type { Clock } from './clock.ts';
import { createCountdown } from './countdown.ts';

/** One key and who uses it right now. */
export interface KeyEntry<Key> {
  readonly key: Key;
  hold(): KeyHold<Key>;
  /** Whether it is time to renew or replace it. */
  isDue(): boolean;
  isExpired(): boolean;
  /** Not again before a part of what is left has passed. */
  postpone(): void;
  /** Extends it in place; false when that is not possible, or gains too little. Never rejects. */
  renew(): Promise<boolean>;
  /** Resolves when nobody uses it, after `ms`, when it has expired, or when it is abandoned. */
  drained(ms: number): Promise<void>;
  /** Whoever still uses it is out of luck. */
  abandon(): void;
}

/** Renewed when a third of the time is left, so that requests and further tries have that long. */
const share = 2 / 3;

export function createKeyEntry<Key extends ReplaceableKey>(key: Key, clock: Clock): KeyEntry<Key> {
  const { leftMs } = createCountdown(clock, key);
  const lifetimeMs = leftMs();
  const idle = Promise.withResolvers<void>();
  let leftWhenDueMs = lifetimeMs * (1 - share);
  let holders = 0;
  let isRetired = false;
  let canRenew = true;

  return {
    key,
    hold() {
      let isHeld = true;
      holders += 1;
      return {
        key,
        release() {
          if (!isHeld) return;
          isHeld = false;
          holders -= 1;
          if (isRetired && holders === 0) idle.resolve();
        },
      };
    },
    isDue: () => leftMs() <= leftWhenDueMs,
    isExpired: () => leftMs() <= 0,
    postpone() {
      leftWhenDueMs = Math.max(0, leftMs()) * share;
    },
    async renew() {
      if (!canRenew || leftMs() <= 0) return false;
      try {
        await key.renew();
      } catch (error) {
        canRenew = isRetryable(error);
        return false;
      }
      // At its maximum a lease keeps what it had left: more of that is not worth asking for.
      canRenew = leftMs() >= lifetimeMs / 2;
      if (canRenew) leftWhenDueMs = leftMs() * (1 - share);
      return canRenew;
    },
    async drained(ms) {
      isRetired = true;
      if (holders === 0) return;
      const over = new AbortController();
      const limit = clock.sleep(Math.max(0, Math.min(ms, leftMs())), { signal: over.signal });
      await Promise.race([idle.promise, limit.catch(() => {})]);
      over.abort();
    },
    abandon: () => idle.resolve(),
  };
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}
