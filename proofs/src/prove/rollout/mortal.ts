import type { VirtualClock } from '../../simulation/virtual-clock.ts';
import type { Wire } from '../../simulation/wire.ts';

/** `before-send`: the request never leaves · `after-effect`: the answer never comes · `after-response`: it came. */
export const deathMoments = ['before-send', 'after-effect', 'after-response'] as const;

export interface Death {
  /** Which request of the controller is its last. */
  readonly call: number;
  readonly when: (typeof deathMoments)[number];
}

/** A controller's view of the world that ends as SIGKILL ends it: nothing it waits for ever comes back. */
export interface Mortal {
  readonly wire: Wire;
  readonly clock: VirtualClock;
  readonly died: Promise<void>;
  calls(): number;
  /** Which of them were to change something. */
  readonly mutations: readonly number[];
}

const never = async (): Promise<never> => new Promise<never>(() => undefined);

export function createMortal(wire: Wire, clock: VirtualClock, death: Death): Mortal {
  let calls = 0;
  const mutations: number[] = [];
  let isDead = false;
  let isDoomed = false;
  let tell = (): void => undefined;
  const died = new Promise<void>((resolve) => {
    tell = resolve;
  });

  function die(): Promise<never> {
    isDead = true;
    tell();
    return never();
  }

  return {
    died,
    calls: () => calls,
    mutations,
    clock: {
      now: clock.now,
      monotonicMs: clock.monotonicMs,
      sleep: async (ms, options) => {
        if (isDead) return never();
        if (isDoomed) return die();
        await clock.sleep(ms, options);
        if (isDead) return never();
      },
    },
    wire: async (call, effect, signal) => {
      if (isDead) return never();
      if (isDoomed) return die();
      calls += 1;
      if (call.kind === 'mutation') mutations.push(calls);
      const isLast = calls === death.call;
      if (isLast && death.when === 'before-send') return die();
      const result = await wire(call, effect, signal);
      if (isDead) return never();
      if (isLast && death.when === 'after-effect') return die();
      if (isLast) isDoomed = true;
      return result;
    },
  };
}
