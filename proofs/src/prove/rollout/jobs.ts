import type { Docket } from './docket.ts';
import type { ProveOptions } from './options.ts';
import { proveControls } from './prove-controls.ts';
import { proveCrashes } from './prove-crashes.ts';
import { proveExhaustively } from './prove-exhaustively.ts';
import { proveSequences } from './prove-sequences.ts';
import { proveSwitches } from './prove-switches.ts';
import { stories } from './stories.ts';

/** How many of each kind were played. */
export interface Played {
  crashPoints: number;
  crashPairs: number;
  sequences: number;
  exhaustive: number;
  switchCombinations: number;
  httpCrashPoints: number;
  httpCrashPairs: number;
  httpSequences: number;
}

/** A part of the proof that needs no other: one thread's work for a while. */
export interface Job {
  readonly name: string;
  run(docket: Docket): Promise<Partial<Played>>;
}

const chunk = 1_000;

/** The same jobs in the same order for the same options, so that threads can be told numbers. */
export function jobsOf({ seed, runs, isDeep }: ProveOptions): readonly Job[] {
  const names = Object.keys(stories);
  const pairs = Math.max(180, Math.ceil(runs / 10)) / names.length;
  const overHttp = isDeep ? names : ['one by one'];
  return [
    { name: 'exhaustive', run: (docket) => exhaust(docket, seed, isDeep) },
    ...overHttp.map((name) => crashesOverHttp(name, seed)),
    ...names.map((name) => crashes(name, seed, pairs)),
    switches(seed),
    ...chunksOf(Math.ceil(runs / 50), 100).map((count, index) =>
      httpSequences(seed + index, count),
    ),
    ...chunksOf(runs, chunk).map((count, index) => sequences(seed + index, count)),
  ];
}

function chunksOf(total: number, size: number): readonly number[] {
  return Array.from({ length: Math.ceil(total / size) }, (_, index) =>
    Math.min(size, total - index * size),
  );
}

async function exhaust(docket: Docket, seed: number, isDeep: boolean): Promise<Partial<Played>> {
  return { exhaustive: await proveExhaustively(docket, { seed, largest: 3, isDeep }) };
}

function crashes(name: string, seed: number, pairs: number): Job {
  return {
    name: `crashes, ${name}`,
    run: async (docket) => proveCrashes(docket, { seed, pairs, names: [name] }),
  };
}

function crashesOverHttp(name: string, seed: number): Job {
  return {
    name: `crashes through HTTP, ${name}`,
    run: async (docket) => {
      const options = { seed, pairs: 10, names: [name], isThroughHttp: true };
      const { crashPoints, crashPairs } = await proveCrashes(docket, options);
      return { httpCrashPoints: crashPoints, httpCrashPairs: crashPairs };
    },
  };
}

function switches(seed: number): Job {
  return {
    name: 'controls and switches',
    run: async (docket) => {
      await proveControls(docket, seed);
      return { switchCombinations: await proveSwitches(docket, { seed }) };
    },
  };
}

function httpSequences(seed: number, runs: number): Job {
  return {
    name: `${runs} sequences through HTTP, seed ${seed}`,
    run: async (docket) => ({
      httpSequences: await proveSequences(docket, { seed, runs, isThroughHttp: true }),
    }),
  };
}

function sequences(seed: number, runs: number): Job {
  return {
    name: `${runs} sequences, seed ${seed}`,
    run: async (docket) => ({ sequences: await proveSequences(docket, { seed, runs }) }),
  };
}
