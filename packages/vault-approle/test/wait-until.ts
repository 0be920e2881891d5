import { setTimeout as delay } from 'node:timers/promises';

/** Polls until something is so; fails after five seconds. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endsAtMs = performance.now() + 5_000;
  while (!(await condition())) {
    if (performance.now() > endsAtMs) throw new Error(`Not within 5 s: ${condition.toString()}`);
    await delay(10);
  }
}
