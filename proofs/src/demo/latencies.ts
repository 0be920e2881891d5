import type { SandboxOptions } from '@exoship/sandbox';

const around = (medianMs: number) => ({ kind: 'lognormal', medianMs, sigma: 0.25 }) as const;

/** A quick cloud: the order of things is the real one, the waits are those of processes instead of machines. */
export const demoLatencies: SandboxOptions['latencies'] = {
  operationMs: around(300),
  bootMs: around(800),
  destroyMs: around(300),
  templateMs: around(400),
  selfHealMs: around(1_000),
  deregisterMs: 500,
};
