import { policy, type Round } from './grid.ts';
import { type Played, play } from './play.ts';
import { type Row, rowOf } from './row.ts';

/** Every contender of a round, over the same seeds. */
export async function playRound(
  { contenders, size, quota, bootMedianMs, victims, runs }: Round,
  seed: string,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const oracles: Played[] = [];
  for (const contender of contenders) {
    const played: Played[] = [];
    for (let run = 0; run < runs; run += 1) {
      const world = { seed: `${seed}-${run}`, size, quota, bootMedianMs };
      played.push(
        await play(contender, policy, { ...world, switches: { scaleDownVictims: victims } }),
      );
    }
    if (contender.name === 'oracle') oracles.push(...played);
    const { name: controller, strategy } = contender;
    const cell = { controller, strategy, n: size, quota, bootMedianMs, victims, policy };
    rows.push(rowOf(cell, played, oracles));
  }
  return rows;
}
