import type { PoolSnapshot } from '@exoship/sandbox';
import { aim } from './aim.ts';
import { clearAway, uncoveredByTtl } from './clear-away.ts';
import { type DeployLane, POOL_SIZE, templateIdOf } from './deploy-lane.ts';
import type { Blow } from './draw-blows.ts';
import type { LaneJob } from './lane.ts';
import { leftAfter, leftInCloud, leftOnMachine } from './leftovers.ts';
import { strikeTimed } from './lengths.ts';
import { deployScene, writeArtifactText } from './scenes.ts';
import { type Ended, strike } from './strike.ts';
import { commonViolations, signalCodes, tailOf, type Verdict } from './verdict.ts';

const TIDY_MS = 3_000;
const ORPHANS_MS = 10_000;
const SERVING_MS = 15_000;
const HALF_WAY = 15;

/** One blow at `deploy`, the same line again, and everything that must hold in between and afterwards. */
export async function strikeDeploy(deployLane: DeployLane, blow: Blow): Promise<Verdict> {
  const { lane, artifacts, lengths } = deployLane;
  const { when, signal } = aim(lane, blow, lengths.deploy);
  const before = poolOf(deployLane);
  const target = artifacts.find((artifact) => templateIdOf(artifact) !== before.templateId) ?? '';
  await using job = await lane.openJob();
  await writeArtifactText(job, target);

  const { ended, lengths: seen } = await strikeTimed(lane, job, deployScene.argv(blow), [signal]);
  if (ended.dyingMs === undefined) lengths.deploy = seen;
  const isKill = blow.signal === 'SIGKILL';
  const cloud = await leftAfter(isKill ? 500 : TIDY_MS, async () => await leftInCloud(lane));
  const machine = await leftAfter(isKill ? ORPHANS_MS : 500, async () =>
    leftOnMachine(job, ended.family),
  );
  const violations = [
    ...commonViolations(ended),
    ...wrongExit(deployLane, before, blow, ended),
    ...machine.map((left) => `left: ${left}`),
    ...(isKill ? await uncoveredByTtl(lane, cloud) : cloud.map((left) => `left: ${left}`)),
  ];
  if (cloud.length > 0) await clearAway(lane);
  const again = await resume(deployLane, job, templateIdOf(target));
  violations.push(...again.violations, ...dropped(deployLane));
  const texts = `${ended.output}${again.output}${await job.readFiles()}`;
  violations.push(...lane.leaksIn(texts).map((kind) => `leaked: ${kind}`));
  const { exitCode, dyingMs } = ended;
  const tails = `${tailOf(ended.output)}\n-- again\n${tailOf(again.output)}`;
  const output = violations.length > 0 ? { output: tails } : {};
  return { blow, when, exitCode, dyingMs, violations, excused: isKill ? cloud : [], ...output };
}

/** 128+n says that nothing was changed, 15 that something was, 0 that all was done. */
function wrongExit(
  deployLane: DeployLane,
  before: PoolSnapshot,
  blow: Blow,
  { exitCode, output }: Ended,
): readonly string[] {
  if (blow.signal === 'SIGKILL') return exitCode === 137 || exitCode === 0 ? [] : wrong(exitCode);
  if (exitCode === 0) return output.includes('rollout completed') ? [] : wrong(exitCode);
  if (exitCode === HALF_WAY) return output.includes('it resumes') ? [] : wrong(exitCode);
  if (exitCode !== signalCodes[blow.signal]) return wrong(exitCode);
  const isTouched = describe(poolOf(deployLane)) !== describe(before);
  return isTouched ? [`exit code ${exitCode}, but the pool was changed`] : [];
}

function wrong(exitCode: number): readonly string[] {
  return [`exit code ${exitCode}`];
}

function describe({ size, templateId, members }: PoolSnapshot): string {
  return [size, templateId, ...members.map(({ id, state }) => `${id} ${state}`)].join();
}

/** The same line once more, undisturbed: it goes on where the first was stopped, and ends well. */
async function resume(
  deployLane: DeployLane,
  job: LaneJob,
  templateId: string,
): Promise<{ readonly violations: readonly string[]; readonly output: string }> {
  const { exitCode, output } = await strike(job.line(deployScene.argv({ isStubborn: false })), []);
  const look = async (): Promise<readonly string[]> => [
    ...unfinished(deployLane, templateId),
    ...(await leftInCloud(deployLane.lane)),
  ];
  const wrongs = await leftAfter(SERVING_MS, look);
  const refused = exitCode === 0 ? [] : [`exit code ${exitCode}`];
  return { violations: [...refused, ...wrongs].map((what) => `run again: ${what}`), output };
}

function unfinished(deployLane: DeployLane, templateId: string): readonly string[] {
  const { lane, world } = deployLane;
  const { size, members, templateId: current } = poolOf(deployLane);
  const { services } = lane.ci.sandbox.cloud.snapshot();
  const serving = services.find(({ id }) => id === world.serviceId)?.serving.length;
  const old = members.filter((member) => member.templateId !== templateId);
  return [
    ...(current === templateId ? [] : [`the pool is set to template ${current}`]),
    ...(old.length === 0 ? [] : [`${old.length} members run the old template`]),
    ...(size === POOL_SIZE && members.length === POOL_SIZE
      ? []
      : [`size ${size}, ${members.length} members`]),
    ...(serving === POOL_SIZE ? [] : [`${serving} members serve`]),
  ];
}

function dropped(deployLane: DeployLane): readonly string[] {
  const failures = deployLane.takeFailures();
  const outcomes = Map.groupBy(failures, ({ outcome }) => outcome);
  return [...outcomes].map(([outcome, those]) => `${those.length} requests dropped: ${outcome}`);
}

function poolOf({ lane, world }: DeployLane): PoolSnapshot {
  const pool = lane.ci.sandbox.cloud.snapshot().pools.find(({ id }) => id === world.poolId);
  if (pool === undefined) throw new RangeError('The pool is gone');
  return pool;
}
