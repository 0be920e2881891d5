import type { Instance } from '@exoship/exoscale-api';
import { beginCall, endCall } from './attempt.ts';
import { createMakers } from './create-makers.ts';
import type { Needs } from './experiment.ts';
import type { Ground } from './ground.ts';
import type { Eyes, Hands, Lab } from './lab.ts';
import { LabError } from './lab-error.ts';
import { namePrefix } from './names.ts';

export interface LabOptions {
  readonly runId: string;
  readonly needs: Needs;
  readonly signal: AbortSignal;
  readonly note: (line: string) => void;
  /** Told how long a machine took from its creation until it ran. */
  readonly onBoot: (ms: number) => void;
}

export function createLab(ground: Ground, options: LabOptions): Lab {
  const { exoscale, clock, pace, port } = ground;
  const { signal, note } = options;
  const eyes = createEyes(ground, signal);
  const hands = createHands(ground, options);
  return {
    ...eyes,
    ...hands,
    ...createMakers(ground, options, { ...eyes, ...hands }),
    exoscale,
    pace,
    port,
    signal,
    prefix: namePrefix(options.runId),
    nowMs: () => clock.monotonicMs(),
    sleep: (ms) => clock.sleep(ms, { signal }),
    guest: (kind) => ground.guest(kind),
    note,
  };
}

const leaving: readonly string[] = ['destroying', 'destroyed', 'expunging'];

function createEyes({ exoscale, clock, pace }: Ground, signal: AbortSignal): Eyes {
  const look: Eyes['look'] = async (eye, forMs = pace.patienceMs) => {
    const startedMs = clock.monotonicMs();
    for (;;) {
      const seen = await eye();
      if (seen !== undefined || clock.monotonicMs() - startedMs >= forMs) return seen;
      await clock.sleep(pace.pollMs, { signal });
    }
  };
  const expect: Eyes['expect'] = async (what, eye, forMs = pace.patienceMs) => {
    const seen = await look(eye, forMs);
    if (seen !== undefined) return seen;
    throw new LabError('impatient', `Waited ${forMs} ms for ${what}`);
  };
  const members = async (poolId: string): Promise<readonly Instance[]> => {
    const all = await exoscale.pools.members(poolId, { signal });
    return all.filter(({ state }) => !leaving.includes(state));
  };
  return {
    look,
    expect,
    members,
    pool: (id) => exoscale.pools.get(id, { signal }),
    rest: (poolId) =>
      expect('the pool to rest', async () => {
        const pool = await exoscale.pools.get(poolId, { signal });
        const present = await members(poolId);
        const isWhole = present.length === pool.size && pool.memberIds.length === pool.size;
        const isRunning = present.every(({ state }) => state === 'running');
        return pool.state === 'running' && isWhole && isRunning ? present : undefined;
      }),
  };
}

function createHands({ exoscale, pace }: Ground, { signal, note }: LabOptions): Hands {
  const begin: Hands['begin'] = (call) => beginCall(exoscale, call, signal);
  const end: Hands['end'] = (accepted) =>
    endCall(exoscale, accepted, { signal, deadlineMs: pace.patienceMs });
  const attempt: Hands['attempt'] = async (call) => {
    const begun = await begin(call);
    return begun.kind === 'refused' ? begun : await end(begun);
  };
  return {
    begin,
    end,
    attempt,
    must: async (call) => {
      const ended = await attempt(call);
      if (ended.kind !== 'done') throw new LabError('refused', ended.message);
      note(`${call.method} ${call.path}: done (operation ${ended.operationId})`);
    },
  };
}
