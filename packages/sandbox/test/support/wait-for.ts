import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is something else than `undefined` or `false`. */
export async function waitFor<T>(
  what: string,
  ask: () => T | Promise<T>,
  withinMs = 10_000,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms for ${what}`);
    await sleep(10);
  }
}
