import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { Secret } from './secret.ts';
import { systemClock } from './system-clock.ts';

/** Whether a signed call with these credentials is refused: the last part of the proof that a key is dead. */
export type RefusalCheck = (
  credentials: Credentials,
  options: { readonly signal: AbortSignal },
) => Promise<boolean>;

export interface MintOptions {
  /** Role of the Exoscale secrets engine. */
  readonly role: string;
  /** @default 'exoscale' */
  readonly mountPath?: string | undefined;
  /** Told of the key's secret before anything could print it. */
  readonly onSecret?: ((secret: Secret) => void) | undefined;
  /** Without it a revocation is `accepted` at best. */
  readonly isRefused?: RefusalCheck | undefined;
  /** For one revocation with all its retries and its proof. @default 5_000 */
  readonly revokeBudgetMs?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Cancels the minting; the key is not tied to it. */
  readonly signal?: AbortSignal | undefined;
}

/** Options after the door: checked, with defaults. */
export interface MintSettings {
  readonly role: string;
  readonly mountPath: string;
  readonly onSecret: (secret: Secret) => void;
  readonly isRefused: RefusalCheck | undefined;
  readonly revokeBudgetMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

const knownKeys: ReadonlySet<string> = new Set<keyof MintOptions>([
  'role',
  'mountPath',
  'onSecret',
  'isRefused',
  'revokeBudgetMs',
  'clock',
  'signal',
]);

const rolePattern = /^\w(?:[\w.-]*\w)?$/;
const mountPattern = /^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*$/;
const longestTimerMs = 2_147_483_647;

/** @throws {TypeError | RangeError} for anything malformed */
export function checkMintOptions(options: MintOptions): MintSettings {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('Missing options of mintApiKey()');
  }
  const unknown = Object.keys(options).find((key) => !knownKeys.has(key));
  if (unknown !== undefined) throw new TypeError(`Unknown option "${unknown}" of mintApiKey()`);
  const { role, mountPath = 'exoscale', revokeBudgetMs = 5_000 } = options;
  if (typeof role !== 'string' || !rolePattern.test(role)) {
    throw new TypeError(
      `Invalid role ${JSON.stringify(role)}: want letters, digits, "_", "-", "."`,
    );
  }
  if (!mountPattern.test(mountPath)) {
    throw new TypeError(
      `Invalid mount path ${JSON.stringify(mountPath)}: want names joined by "/"`,
    );
  }
  if (!(revokeBudgetMs > 0 && revokeBudgetMs <= longestTimerMs)) {
    throw new RangeError(`Invalid revokeBudgetMs: ${revokeBudgetMs}, want 1 to ${longestTimerMs}`);
  }
  return {
    role,
    mountPath,
    onSecret: options.onSecret ?? (() => {}),
    isRefused: options.isRefused,
    revokeBudgetMs,
    clock: options.clock ?? systemClock,
    signal: options.signal,
  };
}
