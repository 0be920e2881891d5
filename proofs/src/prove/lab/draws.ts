import { createHash } from 'node:crypto';
import type { Fault, Latencies, Switches } from '@exoship/sandbox';
import { switchPositions } from '../../../../packages/sandbox/src/model/switches.ts';

/** In [0, 1), always the same for the same words. */
function draw(...words: readonly (string | number)[]): number {
  return createHash('sha256').update(words.join(' ')).digest().readUInt32BE(0) / 2 ** 32;
}

export function drawWhole(below: number, ...words: readonly (string | number)[]): number {
  return Math.floor(draw(...words) * below);
}

/** Every switch at a position of its own luck. */
export function drawSwitches(seed: number): Switches {
  const drawn = Object.entries(switchPositions).map(([name, positions]) => [
    name,
    positions[drawWhole(positions.length, seed, name)],
  ]);
  return Object.fromEntries(drawn);
}

/** From a third of what the sandbox takes to be usual up to three times that. */
export function drawLatencies(seed: number): Partial<Latencies> {
  const around = (name: string, usualMs: number) => {
    const medianMs = usualMs * 3 ** (2 * draw(seed, 'latency', name) - 1);
    return { kind: 'lognormal', medianMs, sigma: 0.25 } as const;
  };
  return {
    operationMs: around('operation', 3_000),
    bootMs: around('boot', 8_000),
    destroyMs: around('destroy', 5_000),
    selfHealMs: around('self-heal', 10_000),
    deregisterMs: around('deregister', 5_000),
  };
}

/** The same but for one switch. */
export function plantWrong(switches: Switches, seed: number): [keyof Switches, Switches] {
  const names = Object.keys(switches) as (keyof Switches)[];
  const name = names[drawWhole(names.length, seed, 'planted')] ?? 'stopIsAcpi';
  const others = switchPositions[name].filter((position) => position !== switches[name]);
  const value = others[drawWhole(others.length, seed, 'planted value')];
  return [name, { ...switches, [name]: value }];
}

const faultsPerRun = 60;
/** About as many calls as a run makes. */
export const callsPerRun = 3_500;

/** A cloud that is busy now and then, and slow now and then. */
export function drawFaults(seed: number): readonly Fault[] {
  return [...Array(faultsPerRun).keys()].map((index): Fault => {
    const match = {};
    const skip = drawWhole(callsPerRun, seed, 'fault', index);
    const kind = drawWhole(3, seed, 'kind of fault', index);
    if (kind === 2) {
      const delayMs = 500 + drawWhole(3_500, seed, 'delay', index);
      return { match, skip, kind: 'latency', delayMs };
    }
    return { match, skip, kind: 'status', status: kind === 0 ? 429 : 503, count: 2 };
  });
}
