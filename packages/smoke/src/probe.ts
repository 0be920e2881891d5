import { assertDuration, assertKnownKeys, assertPort } from './assert-options.ts';
import { assertChecks, type Check } from './check.ts';
import type { Clock } from './clock.ts';
import { nodeTransport } from './node-transport.ts';
import { type CheckResult, runCheck } from './run-check.ts';
import { systemClock } from './system-clock.ts';
import type { ProbeTarget, Transport } from './transport.ts';

export interface ProbeOptions {
  /** Longest wait for one complete answer. @default 5_000 */
  readonly requestTimeoutMs?: number | undefined;
  /** @default node:http and node:net, one connection per check */
  readonly transport?: Transport | undefined;
  /** @default the wall's */
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ProbeResult {
  /** Every check passed. */
  readonly passed: boolean;
  /** One line: how many passed, or the first that failed and why. */
  readonly detail: string;
  readonly results: readonly CheckResult[];
}

/**
 * Runs all checks once, at the same time, against one address; usable as a rollout's gate. A bad answer, or none, is a
 * result.
 *
 * @throws TypeError or RangeError for bad arguments, `signal.reason` when cancelled; nothing else.
 */
export async function probe(
  target: ProbeTarget,
  checks: readonly Check[],
  options: ProbeOptions = {},
): Promise<ProbeResult> {
  const {
    requestTimeoutMs = 5_000,
    transport = nodeTransport,
    clock = systemClock,
    signal,
  } = options;
  assertKnownKeys('probe', options, ['requestTimeoutMs', 'transport', 'clock', 'signal']);
  assertDuration('requestTimeoutMs', requestTimeoutMs);
  assertPort(target?.port);
  assertChecks(checks);
  signal?.throwIfAborted();
  const results = await Promise.all(
    checks.map((check) => runCheck(target, check, { transport, clock, requestTimeoutMs, signal })),
  );
  return summarize(results);
}

function summarize(results: readonly CheckResult[]): ProbeResult {
  const failed = results.find(({ passed }) => !passed);
  if (failed !== undefined) {
    return { passed: false, detail: `${failed.name}: ${failed.detail}`, results };
  }
  const count = results.length === 1 ? '1 check' : `${results.length} checks`;
  return { passed: true, detail: `${count} passed`, results };
}
