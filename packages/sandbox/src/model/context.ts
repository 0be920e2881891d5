import { draw, drawBytes, drawId } from './draw.ts';
import type { CloudHappening, CloudListener } from './events.ts';
import { type Latencies, sampleLatency } from './latency.ts';
import type { Body, ImageStore, Prober, Scheduler } from './ports.ts';
import type { Switches } from './switches.ts';

export interface ContextOptions {
  readonly seed: string;
  readonly scheduler: Scheduler;
  readonly body: Body;
  readonly prober: Prober;
  readonly images: ImageStore;
  readonly latencies: Latencies;
  readonly switches: Switches;
}

/** What every part of the cloud shares: time, luck, ids, the way out. */
export interface Context {
  readonly body: Body;
  readonly prober: Prober;
  readonly images: ImageStore;
  readonly switches: Switches;
  now(): Date;
  /** Deterministic: the n-th id of a kind is the same in every run with the same seed. */
  newId(kind: string): string;
  draw(entity: string, purpose: string): number;
  drawBytes(entity: string, purpose: string): Buffer;
  /** Milliseconds that this entity takes for this. */
  duration(latency: keyof Latencies, entity: string): number;
  /** Runs `task` at once when there is nothing to wait for; drops it when the cloud has closed meanwhile. */
  after(delayMs: number, task: () => void): () => void;
  emit(happening: CloudHappening): void;
  subscribe(listener: CloudListener): () => void;
  /** Drops everything that is booked. */
  close(): void;
}

export function createContext(options: ContextOptions): Context {
  const { seed, scheduler, latencies } = options;
  const counters = new Map<string, number>();
  const listeners = new Set<CloudListener>();
  const bookings = new Set<() => void>();
  let isClosed = false;

  function newId(kind: string): string {
    const count = (counters.get(kind) ?? 0) + 1;
    counters.set(kind, count);
    return drawId(seed, kind, count);
  }

  function duration(latency: keyof Latencies, entity: string): number {
    const of = (part: string) => draw(seed, entity, `${latency} ${part}`);
    return sampleLatency(latencies[latency], of('a'), of('b'));
  }

  function after(delayMs: number, task: () => void): () => void {
    if (isClosed) return () => {};
    if (delayMs <= 0) {
      task();
      return () => {};
    }
    const unbook = scheduler.after(delayMs, () => {
      bookings.delete(cancel);
      task();
    });
    function cancel(): void {
      bookings.delete(cancel);
      unbook();
    }
    bookings.add(cancel);
    return cancel;
  }

  return {
    body: options.body,
    prober: options.prober,
    images: options.images,
    switches: options.switches,
    now: () => scheduler.now(),
    newId,
    draw: (entity, purpose) => draw(seed, entity, purpose),
    drawBytes: (entity, purpose) => drawBytes(seed, entity, purpose),
    duration,
    after,
    emit(happening) {
      if (isClosed) return;
      const event = { ...happening, at: scheduler.now() };
      for (const listener of Array.from(listeners)) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      isClosed = true;
      for (const cancel of Array.from(bookings)) cancel();
    },
  };
}
