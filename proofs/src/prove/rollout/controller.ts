import {
  type Control,
  controlRollout,
  type Pool,
  type Probe,
  type RolloutEvent,
  type RolloutOptions,
  type RolloutResult,
  rollout,
} from '@exoship/rollout';
import { createHttpPool } from '../../simulation/http-pool.ts';
import { createModelPool } from '../../simulation/model-pool.ts';
import { createWire, type Wire } from '../../simulation/wire.ts';
import type { World } from '../../simulation/world.ts';
import { createHazardWire } from './hazards.ts';
import type { Monitor, Watched } from './monitor.ts';
import { createMortal, type Death, type Mortal } from './mortal.ts';
import { controlOptionsOf } from './rules.ts';
import type { Scenario } from './scenario.ts';

/** Where controllers are started. */
export interface Theatre {
  readonly world: World;
  readonly scenario: Scenario;
  readonly monitor: Monitor;
  /** No fault strikes any more. */
  isCalm: boolean;
  /** A bug on purpose, between the engine and its watch. */
  readonly sabotage?: Sabotage | undefined;
  started: number;
}

export interface Sabotage {
  readonly pool?: (pool: Required<Pool>, theatre: Theatre, watched: Watched) => Required<Pool>;
  readonly probe?: (probe: Probe) => Probe;
  readonly onEvent?: (
    listener: (event: RolloutEvent) => void,
    theatre: Theatre,
  ) => (event: RolloutEvent) => void;
  readonly result?: (result: RolloutResult) => RolloutResult;
}

export type Wants = { readonly template: string } | { readonly control: Control };

export interface Controller {
  readonly result: Promise<RolloutResult>;
  readonly mortal: Mortal;
  readonly watched: Watched;
}

const roundTripMs = 50;
const immortal: Death = { call: Number.POSITIVE_INFINITY, when: 'before-send' };

/** A controller of its own process: own name, own memory, own wire. */
export function startController(
  theatre: Theatre,
  wants: Wants,
  { isExclusive, death = immortal }: { readonly isExclusive: boolean; readonly death?: Death },
): Controller {
  const { world, scenario, monitor, sabotage } = theatre;
  theatre.started += 1;
  const name = `controller-${theatre.started}`;
  const watched = monitor.admit(name, isExclusive);
  const open: Wire = createWire(world.time.clock, roundTripMs);
  const hazardous = createHazardWire(world, open, scenario, () => theatre.isCalm);
  const mortal = createMortal(watched.watchWire(hazardous), world.time.clock, death);
  const createPool = scenario.isThroughHttp ? createHttpPool : createModelPool;
  const honest = watched.watchPool(createPool(world, mortal.wire, mortal.clock));
  const pool = sabotage?.pool?.(honest, theatre, watched) ?? honest;
  const probe = watched.watchProbe(async ({ id }) => {
    const passed = world.guests.isHealthy(id);
    return { passed, detail: passed ? 'answered 200' : 'no good answer' };
  });
  const options: Omit<RolloutOptions, 'template'> = {
    ...controlOptionsOf(scenario),
    probe: sabotage?.probe?.(probe) ?? probe,
    clock: mortal.clock,
    owner: name,
    createId: () => name,
    exclusive: isExclusive,
    onEvent: sabotage?.onEvent?.(watched.onEvent, theatre) ?? watched.onEvent,
  };
  const result =
    'template' in wants
      ? rollout(pool, { ...options, template: wants.template })
      : controlRollout(pool, wants.control, options);
  return { mortal, watched, result: sabotage?.result ? result.then(sabotage.result) : result };
}
