export interface Booking {
  readonly dueMs: number;
  readonly sequence: number;
  readonly task: () => void;
  isCancelled: boolean;
}

/** A binary heap: earliest first, those of the same moment in order of booking. */
export interface EventQueue {
  push(dueMs: number, task: () => void): Booking;
  /** Of the earliest booking that was not cancelled. */
  nextDueMs(): number | undefined;
  pop(): Booking | undefined;
}

export function createEventQueue(): EventQueue {
  const heap: Booking[] = [];
  let sequence = 0;

  function at(index: number): Booking {
    return heap[index] as Booking;
  }

  function isBefore(one: Booking, other: Booking): boolean {
    return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.sequence < other.sequence);
  }

  function swap(a: number, b: number): void {
    [heap[a], heap[b]] = [at(b), at(a)];
  }

  function rise(start: number): void {
    for (let child = start; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!isBefore(at(child), at(parent))) return;
      swap(child, parent);
      child = parent;
    }
  }

  function sink(): void {
    for (let parent = 0; ; ) {
      let first = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && isBefore(at(child), at(first))) first = child;
      }
      if (first === parent) return;
      swap(parent, first);
      parent = first;
    }
  }

  function take(): Booking | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (heap.length > 0) {
      heap[0] = last;
      sink();
    }
    return first;
  }

  function dropCancelled(): void {
    while (heap[0]?.isCancelled) take();
  }

  return {
    push(dueMs, task) {
      sequence += 1;
      const booking = { dueMs, sequence, task, isCancelled: false };
      heap.push(booking);
      rise(heap.length - 1);
      return booking;
    },
    nextDueMs() {
      dropCancelled();
      return heap[0]?.dueMs;
    },
    pop() {
      dropCancelled();
      return take();
    },
  };
}
