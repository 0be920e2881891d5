import { drawKills, type Kill } from './draw-kills.ts';
import { type Ground, openGround, outVariable } from './ground.ts';
import { proveHalfRegistered } from './prove-half-registered.ts';
import { startLine } from './run-line.ts';
import { type KillVerdict, strikeBuild } from './strike-build.ts';
import { type Timeline, timelineOf } from './timeline.ts';
import type { Tools } from './tools.ts';

export interface KillsProof {
  readonly tools: string;
  readonly kills: number;
  /** Those that came before the build had ended by itself. */
  readonly hit: number;
  /** Of an undisturbed build. */
  readonly lengthMs: number;
  readonly slowestGoneMs: number;
  /** How many kills left an object for the sweep. */
  readonly littered: number;
  readonly exitCodes: Readonly<Record<string, number>>;
  /** What became of the template of a job that was killed while it registered. */
  readonly halfRegistered: string;
  readonly violations: readonly string[];
}

export interface KillsOptions {
  readonly seed: number;
  readonly kills: number;
  readonly tools: Tools;
  readonly say: (line: string) => void;
}

/** Most of a build is waiting. */
const LANES = 3;
const TRIES = 3;

export async function proveKills({ seed, kills, tools, say }: KillsOptions): Promise<KillsProof> {
  const queue = drawKills(seed, kills).values();
  const verdicts: KillVerdict[] = [];
  const lengths: number[] = [];
  const workers = [...Array(Math.min(LANES, kills)).keys()].map(async (lane) => {
    await using ground = await openGround(seed + lane, tools);
    const timeline = await measure(ground);
    lengths.push(timeline.lengthMs);
    for (const kill of queue) {
      const verdict = await untilHit(ground, kill, timeline);
      verdicts.push(verdict);
      say(lineOf(verdict));
    }
  });
  await Promise.all(workers);
  const half = await proveHalfRegistered(seed);
  say(`killed while it registered: ${half.outcome}`);
  const codes = Object.groupBy(verdicts, ({ exitCode }) => String(exitCode));
  return {
    tools: tools.description,
    kills: verdicts.length,
    hit: verdicts.filter(({ hit }) => hit).length,
    lengthMs: Math.round(Math.max(...lengths)),
    slowestGoneMs: Math.max(0, ...verdicts.map(({ goneAfterMs }) => goneAfterMs ?? 0)),
    littered: verdicts.filter(({ objects }) => objects > 0).length,
    exitCodes: Object.fromEntries(
      Object.entries(codes).map(([code, all = []]) => [code, all.length]),
    ),
    halfRegistered: half.outcome,
    violations: [
      ...verdicts.flatMap(({ index, signal, target, violations }) =>
        violations.map((what) => `kill ${index}, ${signal} to ${target}: ${what}`),
      ),
      ...half.violations,
    ],
  };
}

/** A machine that has become less busy may have ended before its moment: then a little earlier. */
async function untilHit(ground: Ground, kill: Kill, timeline: Timeline): Promise<KillVerdict> {
  for (let tried = 1; ; tried += 1) {
    await using job = await ground.openJob({ build: outVariable });
    const share = kill.share * 0.9 ** (tried - 1);
    const verdict = await strikeBuild(ground, job, { ...kill, share }, timeline);
    if (verdict.hit || verdict.violations.length > 0 || tried === TRIES) return verdict;
  }
}

/** The second build is the measure: the first one has tried the accelerators. A machine may be too busy for one. */
async function measure(ground: Ground): Promise<Timeline> {
  await using job = await ground.openJob({ build: outVariable });
  const wanted = ground.tools.isReal ? 2 : 1;
  for (let tried = 1, done = 0; ; tried += 1) {
    const end = await startLine(job.line(['build', '--force', ...ground.tools.base])).ended;
    const { exitCode, stderr, durationMs } = end;
    if (exitCode === 0) done += 1;
    else if (tried > TRIES) throw new RangeError(`The build fails undisturbed: ${stderr}`);
    if (done === wanted) return timelineOf(stderr, durationMs);
  }
}

function lineOf(verdict: KillVerdict): string {
  const { index, signal, target, atMs, during, exitCode, goneAfterMs, violations } = verdict;
  const gone = goneAfterMs === undefined ? 'something left' : `gone after ${goneAfterMs} ms`;
  const words = violations.length === 0 ? 'ok' : violations.join('; ');
  return `kill ${index} ${signal} to ${target} at ${atMs} ms (${during}): exit ${exitCode}, ${gone}: ${words}`;
}
