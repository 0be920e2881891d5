import { type Freshness, keepFresh } from '@exoship/exo-runner';
import type { VaultSession } from '@exoship/vault-approle';
import { canLogInAgain, chooseIdentity, type Identity } from '../credentials/choose-identity.ts';
import { refuseExposure } from '../credentials/refuse-exposure.ts';
import type { Job } from '../job.ts';
import { giveBackToken } from './give-back.ts';
import type { KeySource } from './key-source.ts';
import { logIn } from './log-in.ts';

/** The Vault sessions of one command: mostly one, and a second while the first runs into its maximum. */
export interface Sessions extends AsyncDisposable {
  /** The session to lease the next key with; a new login when the last cannot be extended and the identity allows. */
  acquire(): Promise<VaultSession>;
  /** The one that the next key would be leased with; `undefined` before the first. */
  latest(): VaultSession | undefined;
  /** A key of this session is gone: a session that was replaced goes with its last key. */
  release(session: VaultSession): Promise<void>;
}

interface Entry {
  readonly session: VaultSession;
  readonly freshness: Freshness;
  /** From its login to its first end. */
  readonly lifetimeMs: number;
  keys: number;
  isEnding: boolean;
}

/** A session is renewed before it has less than a third left: one with less is near its maximum, if nobody noticed. */
const LEAST_SHARE = 0.32;

/** Reads the identity at once, so that nothing is begun without one. */
export async function openSessions(job: Job, source: KeySource): Promise<Sessions> {
  refuseExposure(job);
  const { clock } = job.context;
  const identity = await chooseIdentity(job, source);
  const entries = new Map<VaultSession, Entry>();
  let current: Entry | undefined;

  const logInAnew = async (): Promise<Entry> => {
    const session = await logIn(job, source, identity);
    const lifetimeMs = session.expiresAt.getTime() - clock.now().getTime();
    const freshness = watch(session);
    const entry: Entry = { session, freshness, lifetimeMs, keys: 0, isEnding: false };
    entries.set(session, entry);
    warnOfUses(job, session);
    return entry;
  };
  const watch = (session: VaultSession): Freshness =>
    keepFresh([session], {
      clock,
      onEnding: (_session, reason) => {
        const entry = entries.get(session);
        if (entry !== undefined) entry.isEnding = true;
        if (!canLogInAgain(identity, clock.now())) warnOfEnd(job, session, reason);
      },
    });
  const isNearItsEnd = ({ session, lifetimeMs, isEnding }: Entry): boolean => {
    const leftMs = session.expiresAt.getTime() - clock.now().getTime();
    return isEnding || leftMs < lifetimeMs * LEAST_SHARE;
  };
  const giveBack = async (entry: Entry): Promise<void> => {
    entries.delete(entry.session);
    await entry.freshness.stop();
    await giveBackToken(job, entry.session);
  };

  return {
    async acquire() {
      if (current === undefined) {
        current = await logInAnew();
        tellHowLong(job, identity);
      } else if (isNearItsEnd(current) && canLogInAgain(identity, clock.now())) {
        const previous = current;
        current = await logInAnew();
        job.progress.line('logged in again: the last token cannot be extended any more');
        if (previous.keys === 0) await giveBack(previous);
      }
      current.keys += 1;
      return current.session;
    },
    latest: () => current?.session,
    async release(session) {
      const entry = entries.get(session);
      if (entry === undefined) return;
      entry.keys -= 1;
      if (entry.keys === 0 && entry !== current) await giveBack(entry);
    },
    async [Symbol.asyncDispose]() {
      for (const entry of entries.values()) await giveBack(entry);
    },
  };
}

function tellHowLong({ progress }: Job, identity: Identity): void {
  if (identity.kind === 'secret-id' || identity.kind === 'wrapped-secret-id') {
    progress.line('this login cannot be repeated: the work ends with the maximum of its token');
  }
  if (identity.kind === 'jwt' && identity.expiresAt !== undefined) {
    progress.line(`this login can be repeated until ${identity.expiresAt.toISOString()}`);
  }
}

/** Renewing spends them too, and nobody is told of the end: the key is dead from one call to the next. */
function warnOfUses({ progress }: Job, { uses }: VaultSession): void {
  if (uses === undefined) return;
  progress.warn(
    `the Vault token is good for ${uses} calls: with the last it ends, and every key leased by it (\`token_num_uses\` of its role)`,
  );
}

function warnOfEnd({ progress }: Job, { expiresAt }: VaultSession, reason: string): void {
  progress.warn(
    `the Vault token ends at ${expiresAt.toISOString()}, with every key leased by it, and nobody can log in again: ${reason}`,
  );
}
