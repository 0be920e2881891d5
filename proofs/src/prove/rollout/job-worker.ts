import { parentPort, workerData } from 'node:worker_threads';
import { createDocket, type Docket } from './docket.ts';
import { jobsOf, type Played } from './jobs.ts';
import type { ProveOptions } from './options.ts';

/** What a thread has to say of a job. */
export interface JobReport extends Pick<Docket, 'counts' | 'failures'> {
  readonly name: string;
  readonly played: Partial<Played>;
  readonly lines: readonly string[];
}

const jobs = jobsOf(workerData as ProveOptions);

async function work(index: number): Promise<JobReport | undefined> {
  const job = jobs[index];
  if (job === undefined) return undefined;
  const lines: string[] = [];
  const docket = createDocket((line) => lines.push(line));
  const played = await job.run(docket);
  const { counts, failures } = docket;
  return { name: job.name, played, counts, failures, lines };
}

parentPort?.on('message', (index: number) => {
  void work(index).then((report) => parentPort?.postMessage(report));
});
