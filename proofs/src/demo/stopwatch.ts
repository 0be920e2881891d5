/** How long each phase took, in the order in which they began. */
export interface Stopwatch {
  time<T>(phase: string, work: () => Promise<T>): Promise<T>;
  readonly phases: readonly PhaseTime[];
}

export interface PhaseTime {
  readonly phase: string;
  readonly wallMs: number;
}

export function createStopwatch(): Stopwatch {
  const phases: PhaseTime[] = [];
  return {
    phases,
    time: async (phase, work) => {
      const startedMs = performance.now();
      try {
        return await work();
      } finally {
        phases.push({ phase, wallMs: Math.round(performance.now() - startedMs) });
      }
    },
  };
}
