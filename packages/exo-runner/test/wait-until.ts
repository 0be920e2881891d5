import { setTimeout as delay } from 'node:timers/promises';

/** Polls until something is so; fails after twenty seconds. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  const endsAtMs = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > endsAtMs) throw new Error(`Not within 20 s: ${condition.toString()}`);
    await delay(10);
  }
}
