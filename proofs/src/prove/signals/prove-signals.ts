import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { type DeployLane, openDeployLane } from './deploy-lane.ts';
import { type Blow, drawBlows } from './draw-blows.ts';
import { parseSignalsOptions } from './options.ts';
import { openQuickLane, type QuickLane } from './quick-lane.ts';
import { renderReport, reportOf } from './report.ts';
import { strikeDeploy } from './strike-deploy.ts';
import { type QuickBlow, strikeQuick } from './strike-quick.ts';
import type { Verdict } from './verdict.ts';

const reportFolder: string = fileURLToPath(new URL('../../../../reports/prove/', import.meta.url));
const QUICK_LANES = 2;
/** The machine's other work changes how long a stage takes: a moment may come too late. */
const TRIES = 3;
/** The shortest budget of a clean-up is a second. */
const MOST_STALL_MS = 300;
const DEPLOY_LANES = 3;

/** Signals at drawn moments of every stage: whatever the moment, nothing is left and the exit code tells the truth. */
export async function proveSignals(
  argv: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const { seed, runs, stages } = parseSignalsOptions(argv, randomInt(2 ** 32));
  const blows = stages.flatMap((stage) => drawBlows({ seed, stage, runs }));
  say(`seed ${seed}: ${blows.length} signals`);
  const tell = (verdict: Verdict): Verdict => {
    say(lineOf(verdict));
    return verdict;
  };

  const quick = byTurns(blows.filter((blow): blow is QuickBlow => blow.stage !== 'deploy'));
  const deploys = blows.filter(({ stage }) => stage === 'deploy');
  const verdicts = await Promise.all([
    workThrough(
      quick,
      QUICK_LANES,
      (lane) => openQuickLane(seed + lane),
      async (lane, blow) => tell(await untilHit(() => strikeQuick(lane, blow))),
    ),
    workThrough(
      deploys,
      DEPLOY_LANES,
      (lane) => openDeployLane(seed + 100 + lane),
      async (lane, blow) => tell(await untilHit(() => strikeDeploy(lane, blow))),
    ),
  ]);

  const report = reportOf(seed, verdicts.flat());
  await mkdir(reportFolder, { recursive: true });
  await writeFile(`${reportFolder}signals.json`, `${JSON.stringify(report, null, 2)}\n`);
  say(`\n${renderReport(report)}`);
  for (const { output, ...violation } of report.violations) {
    say(`\nVIOLATED ${JSON.stringify(violation)}\n${output}`);
  }
  say(
    `${report.runs} runs, ${report.violations.length} violated, ${report.disturbed} repeated because this machine stood still; repeat with --seed ${seed}`,
  );
  return report.violations.length === 0 ? 0 : 1;
}

/** Every stage early on, so that a run which is broken off has seen something of each. */
function byTurns<T extends Blow>(blows: readonly T[]): readonly T[] {
  return blows.toSorted((one, other) => one.index - other.index);
}

/** As many workers as lanes, each taking the next piece of work when it has done one. */
async function workThrough<Lane extends QuickLane | DeployLane, Work>(
  works: readonly Work[],
  lanes: number,
  open: (lane: number) => Promise<Lane>,
  work: (lane: Lane, work: Work) => Promise<Verdict>,
): Promise<readonly Verdict[]> {
  const queue = works.values();
  const workers = [...Array(Math.min(lanes, works.length)).keys()].map(async (number) => {
    await using lane = await open(number);
    const verdicts: Verdict[] = [];
    for (const one of queue) verdicts.push(await work(lane, one));
    return verdicts;
  });
  return (await Promise.all(workers)).flat();
}

/**
 * Strikes again when the line had ended before its moment, at a moment by the length that it had; and when Vault, cloud
 * and load, which live in this process, stood still meanwhile: what is promised holds when they answer.
 */
async function untilHit(strike: () => Promise<Verdict>): Promise<Verdict> {
  let disturbed = 0;
  for (let tried = 1; ; tried += 1) {
    const { verdict, stallMs } = await watchStalls(strike);
    const { blow, dyingMs, violations } = verdict;
    const isMissed = dyingMs === undefined && blow.moment.kind === 'share';
    const isDisturbed = violations.length > 0 && stallMs > MOST_STALL_MS;
    if (isDisturbed) disturbed += 1;
    const isDone = isDisturbed ? false : !isMissed || violations.length > 0;
    if (isDone || tried === TRIES) return { ...verdict, disturbed, stallMs };
  }
}

async function watchStalls(
  strike: () => Promise<Verdict>,
): Promise<{ readonly verdict: Verdict; readonly stallMs: number }> {
  const stalls = monitorEventLoopDelay({ resolution: 10 });
  stalls.enable();
  const verdict = await strike();
  stalls.disable();
  return { verdict, stallMs: Math.round(stalls.max / 1e6) };
}

function lineOf({ blow, when, exitCode, dyingMs, violations, excused }: Verdict): string {
  const { stage, index, signal, target } = blow;
  const end = dyingMs === undefined ? 'had ended' : `ended after ${Math.round(dyingMs)} ms`;
  const words = violations.length > 0 ? violations.join('; ') : 'ok';
  const left = excused.length === 0 ? '' : ` (left to time and sweep: ${excused.join(', ')})`;
  return `${stage} ${index} ${signal} to the ${target} at ${when}: ${end}, exit ${exitCode}: ${words}${left}`;
}
