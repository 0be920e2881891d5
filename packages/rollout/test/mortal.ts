import type { Clock, Pool } from '../src/index.ts';

export interface Death {
  /** Which call of the pool is the last. */
  readonly call: number;
  /** Whether that call still has its effect. */
  readonly when: 'before-send' | 'after-effect';
}

export interface Mortal {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly died: Promise<void>;
  readonly calls: () => number;
}

const never = <Result>(): Promise<Result> => new Promise<Result>(() => undefined);

/** A controller's view of the world that ends at a given call, as SIGKILL would: nothing it awaits ever comes back. */
export function createMortal(pool: Pool, clock: Clock, death: Death): Mortal {
  let calls = 0;
  let isDead = false;
  let die = (): void => undefined;
  const died = new Promise<void>((resolve) => {
    die = () => {
      isDead = true;
      resolve();
    };
  });
  const call = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    if (isDead) return never();
    calls += 1;
    if (calls !== death.call) {
      const result = await run();
      return isDead ? never() : result;
    }
    if (death.when === 'after-effect') await run();
    die();
    return never();
  };
  return {
    died,
    calls: () => calls,
    clock: {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      sleep: async (ms, options) => {
        if (isDead) return never();
        await clock.sleep(ms, options);
        if (isDead) return never();
      },
    },
    pool: {
      observe: (options) => call(() => pool.observe(options)),
      begin: (template, annotations, options) =>
        call(() => pool.begin(template, annotations, options)),
      grow: (size, options) => call(() => pool.grow(size, options)),
      evict: (ids, options) => call(() => pool.evict(ids, options)),
      settle: (annotations, options) => call(() => pool.settle(annotations, options)),
      capacity: (options) => call(async () => (await pool.capacity?.(options)) ?? 0),
      drain: (member, options) => call(async () => pool.drain?.(member, options)),
    },
  };
}
