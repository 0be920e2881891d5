import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { openGround } from '../../prove/packer/ground.ts';
import { findTools } from '../../prove/packer/tools.ts';
import { table } from '../../table.ts';
import type { BenchContext } from '../rollout/run-bench.ts';
import { prepareBareBuild } from './bare-build.ts';
import { runWholeBuild, type WholeBuild } from './whole-build.ts';

const MOST_RATIO = 1.05;
const MOST_AGAIN_MS = 2_000;

interface Round extends WholeBuild {
  readonly bareMs: number;
}

/**
 * Whole processes, in turns: `packer build`, and `ci-cli build` of the same template. What a bare build does not do at
 * all, the boot that proves the image and its registration, is taken off and told by itself.
 */
export async function runPackerBench({ argv, say, signal, file }: BenchContext): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { rounds: { type: 'string', default: '3' } },
  });
  const tools = await findTools(false, say);
  if (!tools.isReal) {
    say(`bench packer: nothing to measure with ${tools.description}`);
    return 2;
  }
  await using ground = await openGround(1, tools);
  const bare = await prepareBareBuild(join(ground.ci.folder, 'bare'), tools);
  // Once to fill the caches of both: the probe of accelerators, compiled code, the disk.
  await runWholeBuild(ground);
  const rounds: Round[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    signal.throwIfAborted();
    const bareMs = await bare.run(signal);
    rounds.push({ bareMs, ...(await runWholeBuild(ground)) });
  }
  const report = reportOf(rounds);
  for (const line of table([
    ['', 'bare', 'ci-cli', 'of it verify', 'of it publish', 'again'],
    ...rounds.map((round, index) => [String(index + 1), ...cellsOf(round)]),
    ['median', ...cellsOf(report.medians)],
  ])) {
    say(line);
  }
  say(
    `ratio ${report.ratio} without verify and publish, ${report.ratioWithPublish} without verify, ${report.ratioOfAll} in all`,
  );
  for (const one of report.missed) say(`missed: ${one}`);
  await mkdir(dirname(file), { recursive: true });
  const whole = { schema: 1, tools: tools.description, bare: bare.argv, rounds, ...report };
  await writeFile(file, `${JSON.stringify(whole, undefined, 2)}\n`);
  return report.missed.length === 0 ? 0 : 1;
}

function reportOf(rounds: readonly Round[]) {
  const medians: Round = {
    bareMs: medianOf(rounds, ({ bareMs }) => bareMs),
    wallMs: medianOf(rounds, ({ wallMs }) => wallMs),
    verifyMs: medianOf(rounds, ({ verifyMs }) => verifyMs),
    publishMs: medianOf(rounds, ({ publishMs }) => publishMs),
    againMs: medianOf(rounds, ({ againMs }) => againMs),
  };
  const ratioOf = (part: (round: Round) => number): number =>
    Number(medianOf(rounds, (round) => part(round) / round.bareMs).toFixed(3));
  const ratio = ratioOf(({ wallMs, verifyMs, publishMs }) => wallMs - verifyMs - publishMs);
  const { againMs } = medians;
  return {
    medians,
    /** What stands beside a bare build. */
    ratio,
    ratioWithPublish: ratioOf(({ wallMs, verifyMs }) => wallMs - verifyMs),
    ratioOfAll: ratioOf(({ wallMs }) => wallMs),
    missed: [
      ...(ratio <= MOST_RATIO ? [] : [`ratio ${ratio}, not ${MOST_RATIO}`]),
      ...(againMs <= MOST_AGAIN_MS
        ? []
        : [`the same commit again takes ${Math.round(againMs)} ms`]),
    ],
  };
}

function medianOf(rounds: readonly Round[], part: (round: Round) => number): number {
  const sorted = rounds.map(part).toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function cellsOf({ bareMs, wallMs, verifyMs, publishMs, againMs }: Round): string[] {
  return [bareMs, wallMs, verifyMs, publishMs, againMs].map((ms) => `${(ms / 1_000).toFixed(2)} s`);
}
