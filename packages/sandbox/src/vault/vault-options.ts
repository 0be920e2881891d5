import type { KeyIssuer } from '../model/key-issuer.ts';
import type { Scheduler } from '../model/ports.ts';
import type { MissingKeyAnswer } from './exoscale-keys.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface VaultOptions {
  readonly scheduler: Scheduler;
  /** Where the Exoscale engine gets its keys; a throw is the cloud's refusal. */
  readonly issuer: KeyIssuer;
  /** Every token, id and accessor follows from it. */
  readonly seed: string;
  /** What a token or lease lives when nobody says otherwise. @default 32 days */
  readonly defaultTtlMs?: number | undefined;
  /** What no token or lease outlives unless it is periodic. @default 32 days */
  readonly maxTtlMs?: number | undefined;
  /** How long a lease outlives a token that took it along. @default 200 */
  readonly revocationDelayMs?: number | undefined;
  /** Half the pause after the first failed revocation; it doubles each time. @default 10_000 */
  readonly revocationRetryMs?: number | undefined;
  /** What the cloud says when a key is gone already. @default 'not-in-organization' */
  readonly missingKey?: MissingKeyAnswer | undefined;
}

export type VaultSettings = {
  readonly [Name in keyof VaultOptions]-?: NonNullable<VaultOptions[Name]>;
};

/** Fills in what was left out; refuses what is not an option. */
export function completeOptions(options: VaultOptions): VaultSettings {
  for (const part of ['scheduler', 'issuer', 'seed'] as const) {
    if (options?.[part] === undefined)
      throw new TypeError(`Missing option of the Vault: "${part}"`);
  }
  const settings: VaultSettings = {
    scheduler: options.scheduler,
    issuer: options.issuer,
    seed: options.seed,
    defaultTtlMs: options.defaultTtlMs ?? 32 * DAY_MS,
    maxTtlMs: options.maxTtlMs ?? 32 * DAY_MS,
    revocationDelayMs: options.revocationDelayMs ?? 200,
    revocationRetryMs: options.revocationRetryMs ?? 10_000,
    missingKey: options.missingKey ?? 'not-in-organization',
  };
  for (const name of Object.keys(options)) {
    if (!(name in settings)) throw new TypeError(`Unknown option of the Vault: "${name}"`);
  }
  for (const name of ['defaultTtlMs', 'maxTtlMs', 'revocationRetryMs'] as const) {
    if (!(settings[name] > 0)) {
      throw new RangeError(`Option "${name}" must be above 0: ${settings[name]}`);
    }
  }
  if (!(settings.revocationDelayMs >= 0)) {
    throw new RangeError(
      `Option "revocationDelayMs" must not be negative: ${settings.revocationDelayMs}`,
    );
  }
  return settings;
}
