import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { roundsOf } from './grid.ts';
import type { BenchOptions } from './options.ts';
import type { Row } from './row.ts';

/** Plays all rounds on several threads; the rows come out in the order of the rounds, whoever was first. */
export async function playRounds(
  options: BenchOptions,
  signal: AbortSignal,
  onRows: (rows: readonly Row[]) => void,
): Promise<readonly Row[]> {
  const count = roundsOf(options).length;
  const results: (readonly Row[])[] = [];
  let next = 0;

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./round-worker.ts', import.meta.url), {
      workerData: options,
    });
    try {
      while (next < count) {
        const index = next;
        next += 1;
        worker.postMessage(index);
        const [rows] = (await once(worker, 'message', { signal })) as [readonly Row[]];
        onRows(rows);
        results[index] = rows;
      }
    } finally {
      await worker.terminate();
    }
  }

  await Promise.all(Array.from({ length: Math.min(options.workers, count) }, work));
  return results.flat();
}
