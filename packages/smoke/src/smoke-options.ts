import type { Check } from './check.ts';
import type { Clock } from './clock.ts';
import type { SmokeEvent } from './smoke-event.ts';
import type { TlsSettings, Transport } from './transport.ts';

export interface WaitLimits {
  /** @default 300_000 */
  readonly timeoutMs?: number | undefined;
  /** Pause between two looks. @default 2_000 */
  readonly intervalMs?: number | undefined;
}

export interface StabilityWindow {
  /** Time over which the rounds are spread evenly. @default 10_000 */
  readonly windowMs?: number | undefined;
  /** Rounds in which every check must pass. @default 3 */
  readonly rounds?: number | undefined;
}

export interface TeardownLimits {
  /** Until the provider knows no such instance any more. @default 60_000 */
  readonly timeoutMs?: number | undefined;
  /** The same after a cancel, when the process itself has little time left. @default 2_000 */
  readonly cancelledTimeoutMs?: number | undefined;
  /** Pause between two looks. @default 1_000 */
  readonly intervalMs?: number | undefined;
}

export interface SmokeTestOptions {
  readonly templateId: string;
  /** Name of the instance; unique per run, so that a lost answer can be found again. */
  readonly name: string;
  /** Set on the instance beside `smokeLabels`, which win. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly port: number;
  readonly checks: readonly Check[];
  /** HTTP checks speak TLS when given. */
  readonly tls?: TlsSettings | undefined;
  /** From the create call until the instance runs and has an address. */
  readonly boot?: WaitLimits | undefined;
  /** From then until all checks pass for the first time. */
  readonly readiness?: WaitLimits | undefined;
  readonly stability?: StabilityWindow | undefined;
  readonly teardown?: TeardownLimits | undefined;
  /** Longest wait for one complete answer of the app. @default 5_000 */
  readonly requestTimeoutMs?: number | undefined;
  /** @default node:http and node:net, one connection per check */
  readonly transport?: Transport | undefined;
  /** @default the wall's */
  readonly clock?: Clock | undefined;
  /** What it throws is ignored: a listener cannot keep an instance alive. */
  readonly onEvent?: ((event: SmokeEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
