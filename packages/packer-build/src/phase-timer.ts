import type { Clock } from './clock.ts';
import type { Phase, PhaseSighting } from './phase.ts';

/** How long one phase of one build has taken. */
export interface PhaseTiming {
  readonly build: string;
  readonly phase: Phase;
  readonly durationMs: number;
}

/** What there is to tell when a phase begins. */
export interface PhaseOutlook {
  /** Since Packer was started. */
  readonly elapsedMs: number;
  /** What the phase took last time; `undefined` when that is not known. */
  readonly phaseExpectedMs: number | undefined;
  /** What the phase and all that comes after it took last time. */
  readonly restExpectedMs: number | undefined;
}

export interface PhaseTimer {
  enter(sighting: PhaseSighting): PhaseOutlook;
  /** In the order in which they began; the last one of each build until now. */
  timings(): readonly PhaseTiming[];
}

/** A template may run many builds, but a guest that invents phases must not fill the memory. */
const MOST_ENTRIES = 200;

export function createPhaseTimer(clock: Clock, last: readonly PhaseTiming[]): PhaseTimer {
  const startedMs = clock.monotonicMs();
  const entries: (PhaseSighting & { readonly atMs: number })[] = [];
  return {
    enter: (sighting) => {
      const atMs = clock.monotonicMs();
      if (entries.length < MOST_ENTRIES) entries.push({ ...sighting, atMs });
      const earlier = last.filter(({ build }) => build === sighting.build);
      const index = earlier.findIndex(({ phase }) => phase === sighting.phase);
      const rest = index === -1 ? [] : earlier.slice(index);
      return {
        elapsedMs: atMs - startedMs,
        phaseExpectedMs: rest[0]?.durationMs,
        restExpectedMs: rest[0] && rest.reduce((sum, { durationMs }) => sum + durationMs, 0),
      };
    },
    timings: () => {
      const nowMs = clock.monotonicMs();
      return entries.map(({ build, phase, atMs }, index) => {
        const next = entries.slice(index + 1).find((entry) => entry.build === build);
        // What is over takes no more time.
        const isOver = phase === 'finished' || phase === 'failed';
        const endMs = next?.atMs ?? (isOver ? atMs : nowMs);
        return { build, phase, durationMs: Math.round(endMs - atMs) };
      });
    },
  };
}
