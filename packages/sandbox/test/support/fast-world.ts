import type { SandboxOptions } from '../../src/live/sandbox-options.ts';

/** The cloud's own latencies; everything else takes the time that it takes. */
export const fastWorld: Pick<SandboxOptions, 'latencies' | 'minimumCheckSeconds'> = {
  latencies: {
    operationMs: 5,
    bootMs: 5,
    destroyMs: 5,
    templateMs: 5,
    selfHealMs: 20,
    deregisterMs: 5,
    acpiTimeoutMs: 5_000,
  },
  minimumCheckSeconds: { interval: 1, timeout: 1 },
};
