import type { Scheduler } from '../../src/model/ports.ts';

export interface ManualScheduler extends Scheduler {
  /** Moves time on, and runs what falls due on the way, in order. */
  advance(durationMs: number): void;
  pending(): number;
}

export function createManualScheduler(): ManualScheduler {
  let nowMs = Date.parse('2026-03-01T08:00:00Z');
  let tasks: { readonly atMs: number; readonly task: () => void }[] = [];

  return {
    now: () => new Date(nowMs),
    after(delayMs, task) {
      const entry = { atMs: nowMs + delayMs, task };
      tasks.push(entry);
      return () => {
        tasks = tasks.filter((other) => other !== entry);
      };
    },
    advance(durationMs) {
      const untilMs = nowMs + durationMs;
      for (;;) {
        const due = tasks.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (due === undefined) break;
        tasks = tasks.filter((other) => other !== due);
        nowMs = Math.max(nowMs, due.atMs);
        due.task();
      }
      nowMs = untilMs;
    },
    pending: () => tasks.length,
  };
}
