import { createExoscale } from '@exoship/exoscale-api';
import {
  type Behaviour,
  type Cloud,
  createApiHandler,
  createSimulatedCloud,
  type Latencies,
  type SimulatedCloud,
  type Switches,
} from '@exoship/sandbox';
import type { Ground, GuestKind, Pace } from '../../lab/ground.ts';
import { createMemoryFetch } from '../../virtual/memory-fetch.ts';

/** A cloud in virtual time, and processes that do experiments in it. */
export interface SimulatedLand {
  readonly cloud: Cloud;
  readonly time: SimulatedCloud['time'];
  /** Instances that may exist at once. */
  readonly quota: number;
  startProcess(life?: ProcessLife): SimulatedProcess;
}

export interface ProcessLife {
  /** It is killed with this call: its effect is there, its answer never comes, and nothing is sent any more. */
  readonly lastCall?: number | undefined;
  /** Told of every call, before it is sent. */
  readonly onCall?: ((count: number) => void) | undefined;
}

export interface SimulatedProcess extends Ground {
  calls(): number;
  /** Resolves when it is killed. */
  readonly died: Promise<void>;
}

const origin = 'http://127.0.0.1';
const quota = 8;

/** The real cloud's orders of magnitude; waiting costs nothing in virtual time. */
const pace: Pace = {
  pollMs: 500,
  patienceMs: 15 * 60_000,
  watchMs: 2 * 60_000,
  settleMs: 90_000,
  lingerMs: 45_000,
  check: { intervalMs: 5_000, timeoutMs: 2_000 },
};

const behaviours: Readonly<Record<GuestKind, Partial<Behaviour>>> = {
  web: {},
  other: {},
  mortal: { condition: { kind: 'dies', afterMs: 60_000 } },
  lingering: { lameDuckMs: pace.lingerMs },
};

export interface Nature {
  readonly switches: Partial<Switches>;
  readonly latencies?: Partial<Latencies> | undefined;
}

export function openSimulatedLand(seed: string, nature: Nature): SimulatedLand {
  const { cloud, time } = createSimulatedCloud({ seed, ...nature, quotas: { instance: quota } });
  const handler = createApiHandler(cloud, {
    endpointFor: () => `${origin}/v2`,
    sosEndpointFor: () => origin,
  });
  const send = createMemoryFetch(handler);
  const templates = new Map(
    Object.entries(behaviours).map(([kind, image]) => [
      kind,
      cloud.templates.add({ name: kind, image }).id,
    ]),
  );

  function startProcess({ lastCall, onCall }: ProcessLife = {}): SimulatedProcess {
    const death = Promise.withResolvers<void>();
    const never = new Promise<Response>(() => {});
    let calls = 0;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      calls += 1;
      if (lastCall !== undefined && calls > lastCall) return never;
      onCall?.(calls);
      const answer = await send(input, init);
      if (calls !== lastCall) return answer;
      death.resolve();
      return never;
    };
    return {
      zone: cloud.defaultZone,
      exoscale: createExoscale({
        zone: cloud.defaultZone,
        endpoint: `${origin}/v2`,
        credentials: () => ({ key: 'EXOadmin', secret: { reveal: () => 'admin-secret' } }),
        clock: time.clock,
        // Always the same, so that a seed plays the same again.
        random: () => 0.5,
        fetch,
      }),
      clock: time.clock,
      pace,
      port: 8080,
      instanceType: 'standard.micro',
      guest: (kind) => ({ templateId: templates.get(kind) ?? '' }),
      calls: () => calls,
      died: death.promise,
    };
  }

  return { cloud, time, quota, startProcess };
}
