import { parentPort, workerData } from 'node:worker_threads';
import { roundsOf } from './grid.ts';
import type { BenchOptions } from './options.ts';
import { playRound } from './play-round.ts';

/** A thread that plays the rounds whose numbers it is sent, and answers with their rows. */
const options = workerData as BenchOptions;
const rounds = roundsOf(options);

parentPort?.on('message', (index: number) => {
  const round = rounds[index];
  if (round === undefined) return;
  void playRound(round, options.seed).then((rows) => parentPort?.postMessage(rows));
});
