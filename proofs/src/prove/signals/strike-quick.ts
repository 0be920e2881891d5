import { aim } from './aim.ts';
import { clearAway, uncoveredByTtl } from './clear-away.ts';
import type { Blow } from './draw-blows.ts';
import type { Lane, LaneJob } from './lane.ts';
import { isOnItsWayOut, leftAfter, leftInCloud, leftOnMachine } from './leftovers.ts';
import { strikeTimed } from './lengths.ts';
import type { QuickLane } from './quick-lane.ts';
import { runLine } from './run-line.ts';
import {
  buildScene,
  execScene,
  freshCommit,
  type Scene,
  testScene,
  writeArtifactText,
} from './scenes.ts';
import type { Ended } from './strike.ts';
import { commonViolations, signalCodes, tailOf, type Verdict } from './verdict.ts';

export type QuickBlow = Blow & { readonly stage: 'build' | 'test' | 'exec' };

const scenes: Readonly<Record<QuickBlow['stage'], Scene>> = {
  build: buildScene,
  test: testScene,
  exec: execScene,
};
const TIDY_MS = 3_000;
const ORPHANS_MS = 10_000;

/** One blow at `build`, `test` or `exec`, and everything that must hold afterwards. */
export async function strikeQuick(
  { lane, artifact, lengths }: Pick<QuickLane, 'lane' | 'artifact' | 'lengths'>,
  blow: QuickBlow,
): Promise<Verdict> {
  const scene = scenes[blow.stage];
  await using job = await lane.openJob(freshCommit());
  if (blow.stage === 'test') await writeArtifactText(job, artifact);
  const templates = lane.ci.sandbox.cloud.snapshot().templates.now;
  const { when, signal } = aim(lane, blow, lengths[blow.stage]);

  const { ended, lengths: seen } = await strikeTimed(lane, job, scene.argv(blow), [signal]);
  if (ended.dyingMs === undefined) lengths[blow.stage] = seen;
  const atExit = await leftInCloud(lane);
  const isKill = blow.signal === 'SIGKILL';
  const machine = await leftAfter(isKill ? ORPHANS_MS : 500, async () =>
    (await leftOnMachine(job, ended.family)).filter((left) => !isKill || !left.startsWith('file')),
  );
  const cloud = await leftAfter(isKill ? 500 : TIDY_MS, async () => await leftInCloud(lane));
  const files = isKill ? await job.leftFiles() : [];
  const leaks = lane.leaksIn(`${ended.output}${await job.readFiles()}`);

  const violations = [
    ...commonViolations(ended),
    ...(await wrongExit(scene, blow, job, ended)),
    ...machine.map((left) => `left: ${left}`),
    ...leaks.map((kind) => `leaked: ${kind}`),
    ...(isKill ? await uncoveredByTtl(lane, cloud) : politeLeftovers(ended, atExit, cloud)),
  ];
  const excused = isKill ? [...cloud, ...files.map((file) => `file ${file}`)] : [];
  if (cloud.length > 0) await clearAway(lane);
  if (blow.stage === 'build') violations.push(...(await notRepeatable(lane, job, templates)));
  const { exitCode, dyingMs } = ended;
  const output = violations.length > 0 ? { output: tailOf(ended.output) } : {};
  return { blow, when, exitCode, dyingMs, violations, excused, ...output };
}

/** 128+n, unless the work was done before the signal came, or the cloud still was at what it had been asked for. */
async function wrongExit(
  scene: Scene,
  blow: Blow,
  job: LaneJob,
  ended: Ended,
): Promise<readonly string[]> {
  if (ended.exitCode === signalCodes[blow.signal]) return [];
  if (ended.exitCode === 0 && (await scene.isDone(job, ended))) return [];
  if (ended.exitCode === 18 && isAccepted(ended)) return [];
  return [`exit code ${ended.exitCode} after ${blow.signal}`];
}

/** Whatever is not proven to be gone was at least taken on, and is named. */
function isAccepted({ output }: Ended): boolean {
  return output.includes(': cleanup accepted: ') && !output.includes(': cleanup failed: ');
}

/** What is not told by exit code 18 must be gone at the end of the process, not some time later. */
function politeLeftovers(
  ended: Ended,
  atExit: readonly string[],
  later: readonly string[],
): readonly string[] {
  const promised = ended.exitCode === 18 ? [] : atExit.filter((left) => !isOnItsWayOut(left));
  return [
    ...promised.map((left) => `left at exit: ${left}`),
    ...later.map((left) => `left for good: ${left}`),
  ];
}

/** A template that is there although nobody was told its id is found by the next build, not made twice. */
async function notRepeatable(
  lane: Lane,
  job: LaneJob,
  templatesBefore: number,
): Promise<readonly string[]> {
  const { templates } = lane.ci.sandbox.cloud.snapshot();
  if (templates.now === templatesBefore) return [];
  await runLine(lane, job, buildScene.argv({ isStubborn: false }));
  const made = lane.ci.sandbox.cloud.snapshot().templates.now - templatesBefore;
  return made === 1 ? [] : [`${made} templates after one build and its repetition`];
}
