export interface Timing {
  readonly calls: number;
  readonly medianMicroseconds: number;
  readonly callsPerSecond: number;
}

export interface Contestant {
  readonly name: string;
  readonly call: () => Promise<unknown>;
}

export interface Rounds {
  readonly rounds: number;
  /** Of each contestant in each round. */
  readonly calls: number;
  readonly signal: AbortSignal;
}

/** Takes turns, so that a busy moment of the machine hits all alike; the first round only warms up. */
export async function takeTurns(
  contestants: readonly Contestant[],
  { rounds, calls, signal }: Rounds,
): Promise<ReadonlyMap<string, Timing>> {
  const samples = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, call } of contestants) {
      for (let made = 0; made < calls; made++) {
        signal.throwIfAborted();
        const started = performance.now();
        await call();
        if (round > 0) samples.get(name)?.push((performance.now() - started) * 1_000);
      }
    }
  }
  return new Map([...samples].map(([name, taken]) => [name, timingOf(taken)]));
}

function timingOf(samples: readonly number[]): Timing {
  const sorted = samples.toSorted((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return {
    calls: samples.length,
    medianMicroseconds: Math.round(median),
    callsPerSecond: Math.round(1_000_000 / median),
  };
}
