import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Docket } from './docket.ts';
import type { JobReport } from './job-worker.ts';
import { jobsOf, type Played } from './jobs.ts';
import type { ProveOptions } from './options.ts';

/** All jobs on several threads; what they find goes into the docket. */
export async function runJobs(
  options: ProveOptions,
  docket: Docket,
  say: (line: string) => void,
): Promise<Played> {
  const count = jobsOf(options).length;
  const total: Played = {
    crashPoints: 0,
    crashPairs: 0,
    sequences: 0,
    exhaustive: 0,
    switchCombinations: 0,
    httpCrashPoints: 0,
    httpCrashPairs: 0,
    httpSequences: 0,
  };
  let next = 0;

  function take({ name, played, lines, ...found }: JobReport): void {
    docket.merge(found);
    for (const key of Object.keys(total) as (keyof Played)[]) total[key] += played[key] ?? 0;
    for (const line of lines) say(line);
    say(`${name}: ${JSON.stringify(played)}, ${found.failures.length} failures`);
  }

  async function work(): Promise<void> {
    const worker = new Worker(new URL('./job-worker.ts', import.meta.url), { workerData: options });
    try {
      while (next < count) {
        worker.postMessage(next);
        next += 1;
        const [report] = (await once(worker, 'message')) as [JobReport];
        take(report);
      }
    } finally {
      await worker.terminate();
    }
  }

  await Promise.all(Array.from({ length: Math.min(options.workers, count) }, work));
  return total;
}
