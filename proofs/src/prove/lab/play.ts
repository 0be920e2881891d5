import { isDeepStrictEqual } from 'node:util';
import { type Cloud, readObserved, type Switches } from '@exoship/sandbox';
import { switchPositions } from '../../../../packages/sandbox/src/model/switches.ts';
import { isOurs } from '../../lab/names.ts';
import type { Observation } from '../../lab/observation.ts';
import { type Plan, planLab } from '../../lab/plan.ts';
import { runLab } from '../../lab/run-lab.ts';
import { sweepLab } from '../../lab/sweep-lab.ts';
import { callsPerRun, drawFaults, drawLatencies, drawSwitches, drawWhole } from './draws.ts';
import { openLiveGround } from './live-ground.ts';
import { openSimulatedLand, type SimulatedLand } from './simulated-ground.ts';

export interface Played {
  readonly seed: number;
  readonly found: number;
  /** Things that a killed process left, and that the sweep removed. */
  readonly swept: number;
  readonly calls: number;
  readonly violations: readonly string[];
}

export interface PlayOptions {
  readonly withFaults?: boolean | undefined;
  readonly expected?: Switches | undefined;
}

const limitMs = 7 * 24 * 60 * 60_000;
const runId = '0a1b2c3d';
const quiet = new AbortController().signal;

/** What the sandbox is known to do where no switch says so. */
const facts: Readonly<Record<string, string>> = {
  templateChange: 'kept',
  antiAffinityExhausted: 'unobservable',
};

function openLand(seed: number): SimulatedLand {
  return openSimulatedLand(`lab ${seed}`, {
    switches: drawSwitches(seed),
    latencies: drawLatencies(seed),
  });
}

/** All switches are drawn, and all must be found; `expected` is for those who plant a wrong one. */
export async function playThrough(
  seed: number,
  { withFaults = false, expected = drawSwitches(seed) }: PlayOptions = {},
): Promise<Played> {
  const land = openLand(seed);
  if (withFaults) for (const fault of drawFaults(seed)) land.cloud.faults.add(fault);
  const process = land.startProcess();
  const running = runLab(process, { runId, plan: planOf(land), signal: quiet, say: () => {} });
  const observation = await land.time.drive(running, limitMs);
  const wrong = compare(observation, expected);
  return {
    seed,
    found: Object.keys(expected).length - wrong.length,
    swept: 0,
    calls: process.calls(),
    violations: [...wrong, ...compareFacts(observation), ...leftIn(land.cloud)],
  };
}

/** The process is killed with a call: a sweep by another must leave nothing. */
export async function playKilled(seed: number): Promise<Played> {
  const land = openLand(seed);
  const lastCall = 1 + drawWhole(callsPerRun * 0.8, seed, 'killed');
  const process = land.startProcess({ lastCall });
  const running = runLab(process, { runId, plan: planOf(land), signal: quiet, say: () => {} });
  await land.time.drive(Promise.race([running, process.died]), limitMs);
  const before = leftIn(land.cloud).length;
  const sweeper = land.startProcess();
  const sweeping = sweepLab(sweeper, { deadlineMs: 60 * 60_000, signal: quiet });
  const left = await land.time.drive(sweeping, limitMs);
  const calls = process.calls() + sweeper.calls();
  const violations = [...left, ...leftIn(land.cloud)];
  return { seed, found: 0, swept: before - violations.length, calls, violations };
}

/** The run is told to stop: it must clean up by itself and say why it ended. */
export async function playAborted(seed: number): Promise<Played> {
  const land = openLand(seed);
  const interrupted = new AbortController();
  const reason = new RangeError('Interrupted');
  const at = 1 + drawWhole(callsPerRun * 0.8, seed, 'aborted');
  const process = land.startProcess({
    onCall: (count) => {
      if (count === at) interrupted.abort(reason);
    },
  });
  const { signal } = interrupted;
  const running = runLab(process, { runId, plan: planOf(land), signal, say: () => {} }).then(
    () => (signal.aborted ? ['It ended as if nothing had happened'] : []),
    (error: unknown) => (error === reason ? [] : [`It ended with ${String(error)}`]),
  );
  const wrong = await land.time.drive(running, limitMs);
  const violations = [...wrong, ...leftIn(land.cloud)];
  return { seed, found: 0, swept: 0, calls: process.calls(), violations };
}

function planOf({ cloud, quota }: Pick<SimulatedLand, 'cloud' | 'quota'>): Plan {
  const account = { zone: cloud.defaultZone, headroom: quota, mostToFill: quota };
  return planLab(account, { instanceHour: 0.02, balancerHour: 0.05 });
}

/** As the sandbox will read it. */
function compare(observation: Observation, expected: Partial<Switches>): readonly string[] {
  const read = readObserved(JSON.stringify(observation));
  return Object.entries(expected).flatMap(([name, value]) => {
    const found = read[name as keyof Switches];
    if (isDeepStrictEqual(found, value)) return [];
    const entry = observation.switches[name];
    const why = entry?.status === 'unobservable' ? `: ${entry.reason}` : '';
    return [`${name} is ${value}, and was found to be ${found ?? 'unobservable'}${why}`];
  });
}

function compareFacts(observation: Observation): readonly string[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const entry = observation.facts[name];
    const found = entry?.status === 'observed' ? String(entry.value) : 'unobservable';
    return found === value ? [] : [`${name} is ${value}, and was found to be ${found}`];
  });
}

/** What the lab has left, told by the cloud itself. */
export function leftIn(cloud: Cloud): readonly string[] {
  const all = [
    ...cloud.instances.list(),
    ...cloud.pools.list(),
    ...cloud.loadBalancers.list(),
    ...cloud.securityGroups.list(),
  ];
  return all.filter(({ name }) => isOurs(name)).map(({ name }) => `left behind: ${name}`);
}

/** As {@link playThrough}, over HTTP and with processes; some experiments take a minute together. */
export async function playLive(
  seed: number,
  { only = Object.keys(switchPositions) }: { readonly only?: readonly string[] } = {},
): Promise<Played> {
  const drawn = drawSwitches(seed);
  await using ground = await openLiveGround(seed, drawn);
  const all = planOf(ground);
  const plan = { ...all, experiments: all.experiments.filter(({ key }) => only.includes(key)) };
  const expected = Object.fromEntries(
    Object.entries(drawn).filter(([name]) => only.includes(name)),
  );
  const observation = await runLab(ground, { runId, plan, signal: quiet, say: () => {} });
  const wrong = compare(observation, expected);
  return {
    seed,
    found: Object.keys(expected).length - wrong.length,
    swept: 0,
    calls: ground.calls(),
    violations: [...wrong, ...leftIn(ground.cloud)],
  };
}
