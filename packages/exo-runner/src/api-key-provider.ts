import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { ExoRunnerError } from './exo-runner-error.ts';
import { createKeyEntry, type KeyEntry } from './key-entry.ts';
import type { CallOptions } from './lease-source.ts';
import type { Revocation } from './revocation.ts';
import { systemClock } from './system-clock.ts';

/** A key that can be replaced: an `ApiKey`, or one that takes more with it when it goes. */
export interface ReplaceableKey extends Credentials {
  readonly expiresAt: Date;
  renew(options?: CallOptions): Promise<void>;
  revoke(options?: CallOptions): Promise<Revocation>;
}

/** The key for one request. It is not revoked before `release()`, within reason. */
export interface KeyHold<Key> {
  readonly key: Key;
  /** Idempotent. */
  release(): void;
}

/** Hands out the key that is good now, for work that lasts longer than any key. Disposing is `close()`. */
export interface ApiKeyProvider<Key extends ReplaceableKey> extends AsyncDisposable {
  /** Renews the key in place or replaces it first when two thirds of its time are gone. */
  hold(options?: CallOptions): Promise<KeyHold<Key>>;
  /** Gives every key back, with what is certain about each, the oldest first. Idempotent. */
  close(options?: CallOptions): Promise<readonly Revocation[]>;
}

export interface ApiKeyProviderOptions<Key> {
  /** How long a key that was replaced waits for its requests before it is revoked all the same. @default 30_000 */
  readonly drainMs?: number | undefined;
  /** Told of each key that was given back, and how certain that is. */
  readonly onRevoked?: ((key: Key, revocation: Revocation) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Keeps one key current, and never more than two alive: a new one is minted only after the one before the last is gone.
 * The first is minted by the first `hold()`.
 */
export function createApiKeyProvider<Key extends ReplaceableKey>(
  mint: () => Promise<Key>,
  options: ApiKeyProviderOptions<Key> = {},
): ApiKeyProvider<Key> {
  const { clock = systemClock, drainMs = 30_000, onRevoked = () => {} } = options;
  if (typeof mint !== 'function') throw new TypeError('"mint" must be a function that mints a key');
  const entries: KeyEntry<Key>[] = [];
  const revocations: Promise<Revocation>[] = [];
  let limits: CallOptions | undefined;
  let current: KeyEntry<Key> | undefined;
  let retiring: Promise<unknown> | undefined;
  let refreshing: Promise<KeyEntry<Key>> | undefined;
  let closing: Promise<readonly Revocation[]> | undefined;

  const revoke = async (entry: KeyEntry<Key>): Promise<Revocation> => {
    await entry.drained(drainMs);
    const revocation = await entry.key.revoke(limits);
    onRevoked(entry.key, revocation);
    return revocation;
  };
  const retire = (entry: KeyEntry<Key>): void => {
    const gone = revoke(entry);
    revocations.push(gone);
    retiring = gone;
  };
  const replace = async (previous: KeyEntry<Key> | undefined): Promise<KeyEntry<Key>> => {
    await retiring;
    const next = createKeyEntry(await mint(), clock);
    entries.push(next);
    current = next;
    if (previous !== undefined) retire(previous);
    return next;
  };
  const refresh = async (): Promise<KeyEntry<Key>> => {
    const previous = current;
    if (previous !== undefined && (await previous.renew())) return previous;
    try {
      return await replace(previous);
    } catch (error) {
      // What cannot be replaced is used to its end.
      if (previous === undefined || previous.isExpired()) throw error;
      previous.postpone();
      return previous;
    }
  };
  const fresh = async (): Promise<KeyEntry<Key>> => {
    if (current?.isDue() === false) return current;
    refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    });
    return await refreshing;
  };
  const close = async (callOptions?: CallOptions): Promise<readonly Revocation[]> => {
    limits = callOptions;
    for (const entry of entries) entry.abandon();
    await refreshing?.catch(() => {});
    for (const entry of entries) entry.abandon();
    if (current !== undefined) retire(current);
    return await Promise.all(revocations);
  };

  return {
    async hold({ signal } = {}) {
      if (closing !== undefined) throw closed();
      const entry = await unlessAborted(fresh(), signal);
      return entry.hold();
    },
    close(callOptions) {
      closing ??= close(callOptions);
      return closing;
    },
    async [Symbol.asyncDispose]() {
      closing ??= close();
      await closing;
    },
  };
}

/** Stops waiting, not what is waited for: others wait for it too. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function closed(): ExoRunnerError {
  return new ExoRunnerError('Cannot hand out a key: all were given back', { code: 'closed' });
}
