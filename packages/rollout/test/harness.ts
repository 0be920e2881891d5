import type { ControlOptions, RolloutEvent, RolloutOptions } from '../src/index.ts';
import {
  createManualClock,
  createMemoryPool,
  type ManualClock,
  type MemoryPool,
  type MemoryPoolOptions,
} from '../src/testing.ts';

export interface Bench {
  readonly clock: ManualClock;
  readonly pool: MemoryPool;
  readonly events: RolloutEvent[];
  /** Options that fit the pool, towards `v2`. */
  readonly options: (more?: Partial<RolloutOptions>) => RolloutOptions;
  readonly control: (more?: Partial<ControlOptions>) => ControlOptions;
  /** What was decided, and why. */
  readonly decisions: () => readonly string[];
  readonly warnings: () => readonly string[];
}

let ids = 0;

/** A pool of `v1` in memory and the options to roll it out to `v2`. */
export function createBench(options: Partial<MemoryPoolOptions> = {}): Bench {
  const clock = createManualClock();
  const pool = createMemoryPool({ clock, size: 3, template: 'v1', ...options });
  const events: RolloutEvent[] = [];
  const control = (more: Partial<ControlOptions> = {}): ControlOptions => ({
    clock,
    probe: (member) => pool.probe(member),
    exclusive: true,
    createId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    onEvent: (event) => events.push(event),
    ...more,
  });
  return {
    clock,
    pool,
    events,
    control,
    options: (more = {}) => ({ ...control(), template: 'v2', rolloutId: 'r1', ...more }),
    decisions: () =>
      events.flatMap((event) =>
        event.type === 'decision-made' ? `${event.action}: ${event.reason}` : [],
      ),
    warnings: () => events.flatMap((event) => (event.type === 'warning-raised' ? event.code : [])),
  };
}

/** Templates of the members that are not leaving, sorted. */
export async function templatesOf(pool: MemoryPool): Promise<readonly string[]> {
  const { members } = await pool.observe();
  return members
    .filter(({ state }) => state !== 'leaving')
    .map(({ template }) => template)
    .toSorted();
}
