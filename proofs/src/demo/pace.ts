import type { SandboxOptions } from '@exoship/sandbox';
import { missingForMachines, prepareBase } from './machines.ts';
import type { DemoOptions } from './options.ts';

/** What depends on whether instances are processes or machines. */
export interface Pace {
  readonly ratePerSecond: number;
  readonly maxLoadMs: number;
  readonly servingDeadlineMs: number;
  /** Fewer in the time of a release say nothing about dropped ones. */
  readonly leastRequests: number;
  /** Added to `ci-cli build`. */
  readonly buildArguments: readonly string[];
  readonly sandbox: SandboxOptions;
}

const MINUTE_MS = 60_000;

/** An exit code instead when this machine lacks something; then that has been said. */
export async function choosePace(
  { vm, poolSize }: DemoOptions,
  {
    path,
    say,
    signal,
  }: {
    readonly path: string;
    readonly say: (line: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<Pace | number> {
  if (!vm) {
    const limits = { maxLoadMs: 10 * MINUTE_MS, servingDeadlineMs: MINUTE_MS };
    return { ratePerSecond: 60, leastRequests: 1_000, ...limits, buildArguments: [], sandbox: {} };
  }
  const missing = await missingForMachines(path);
  if (missing.length > 0) {
    say(`demo: --vm needs more than is here: apt-get install ${missing.join(' ')}`);
    return 2;
  }
  const buildArguments = await prepareBase(say, signal);
  if (buildArguments === undefined) return 1;
  return {
    // Emulated, a machine boots in half a minute and answers a few dozen requests a second.
    ratePerSecond: 15,
    leastRequests: 500,
    maxLoadMs: 60 * MINUTE_MS,
    servingDeadlineMs: 10 * MINUTE_MS,
    buildArguments,
    sandbox: {
      machines: { most: 2 * poolSize + 2, memoryMib: 384 },
      onProblem: (problem) => say(`sandbox: ${String(problem)}`),
    },
  };
}
