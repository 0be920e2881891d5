/** How long something takes: always the same, or drawn anew for every entity. */
export type Latency =
  | number
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** `sigma` is the standard deviation of the logarithm: 0.25 keeps 95 % within a factor of 1.6 of the median. */
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number };

/** Throws a RangeError or TypeError unless it is one of the three forms, in finite numbers from zero. */
export function checkLatency(name: string, latency: Latency): void {
  const numbers = typeof latency === 'number' ? [latency] : parameters(name, latency);
  for (const value of numbers) {
    if (!Number.isFinite(value) || value < 0) {
      throw new RangeError(`Latency "${name}" must be in finite numbers from zero: ${value}`);
    }
  }
}

function parameters(name: string, latency: Exclude<Latency, number>): readonly number[] {
  if (latency.kind === 'uniform') return [latency.minMs, latency.maxMs];
  if (latency.kind === 'lognormal') return [latency.medianMs, latency.sigma];
  throw new TypeError(`Latency "${name}" must be a number, "uniform" or "lognormal"`);
}

/** The same distribution, so many times as fast. */
export function hasten(latency: Latency, speed: number): Latency {
  if (typeof latency === 'number') return latency / speed;
  if (latency.kind === 'lognormal') return { ...latency, medianMs: latency.medianMs / speed };
  return { ...latency, minMs: latency.minMs / speed, maxMs: latency.maxMs / speed };
}

/** Milliseconds. The two draws are uniform in [0, 1); a fixed latency ignores them. */
export function sampleLatency(latency: Latency, first: number, second: number): number {
  if (typeof latency === 'number') return latency;
  if (latency.kind === 'uniform') return latency.minMs + first * (latency.maxMs - latency.minMs);
  return latency.medianMs * Math.exp(latency.sigma * standardNormal(first, second));
}

/** Box and Muller's transform; `1 - first` keeps the logarithm finite. */
function standardNormal(first: number, second: number): number {
  return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
}

/** What takes time in the cloud. Load-balancer checks are not here: their interval is part of the service. */
export interface Latencies {
  /** From accepting a request until its operation takes effect. @default lognormal, median 3 s */
  readonly operationMs: Latency;
  /** From creating or starting an instance until it is `running`; what the guest then needs is the body's. @default lognormal, median 8 s */
  readonly bootMs: Latency;
  /** From pulling the plug until the instance is gone. @default lognormal, median 5 s */
  readonly destroyMs: Latency;
  /** On top of fetching the image. @default lognormal, median 10 s */
  readonly templateMs: Latency;
  /** Until a pool notices that a member is missing. @default lognormal, median 10 s */
  readonly selfHealMs: Latency;
  /** Between leaving the rotation and the pulled plug, when evicting deregisters first. @default 5 s */
  readonly deregisterMs: Latency;
  /** How long a guest may ignore its power button before the plug is pulled. @default 60 s */
  readonly acpiTimeoutMs: Latency;
}

function around(medianMs: number): Latency {
  return { kind: 'lognormal', medianMs, sigma: 0.25 };
}

/** Assumptions, not measurements: the order of magnitude is that of the provider's own examples. */
export const defaultLatencies: Latencies = {
  operationMs: around(3_000),
  bootMs: around(8_000),
  destroyMs: around(5_000),
  templateMs: around(10_000),
  selfHealMs: around(10_000),
  deregisterMs: 5_000,
  acpiTimeoutMs: 60_000,
};
