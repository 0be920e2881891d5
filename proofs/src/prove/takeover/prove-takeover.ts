import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Ground } from './ground.ts';
import { killedScenes } from './killed.ts';
import { type Part, parseTakeoverOptions } from './options.ts';
import { renderReport, reportOf } from './report.ts';
import { openStage, type Stage } from './stage.ts';
import { verbScenes } from './verbs.ts';
import { isUnderWay, type Scene, unsettled, type Verdict } from './verdict.ts';
import { waitingScenes } from './waiting.ts';

const reportFolder: string = fileURLToPath(new URL('../../../../reports/prove/', import.meta.url));

/** Real processes that take a rollout over from each other: one writer at any time, and whatever was begun is finished. */
export async function proveTakeover(
  argv: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const { seed, runs, pools, parts } = parseTakeoverOptions(argv, randomInt(2 ** 32));
  const scenes = byTurns(parts.map((part) => scenesOf(part, seed, runs)));
  say(`seed ${seed}: ${scenes.length} scenes on ${pools} pools`);
  const startedMs = performance.now();
  await using stage = await openStage(seed);
  const queue = scenes.values();
  const verdicts = await Promise.all(
    [...Array(Math.min(pools, scenes.length)).keys()].map((number) =>
      workThrough(stage, number, queue, say),
    ),
  );

  const report = reportOf(seed, performance.now() - startedMs, verdicts.flat());
  await mkdir(reportFolder, { recursive: true });
  await writeFile(`${reportFolder}takeover.json`, `${JSON.stringify(report, null, 2)}\n`);
  say(`\n${renderReport(report)}`);
  for (const { output, ...violation } of report.violations) {
    say(`\nVIOLATED ${JSON.stringify(violation)}\n${output}`);
  }
  say(`${report.runs} runs, ${report.violations.length} violated; repeat with --seed ${seed}`);
  return report.violations.length === 0 ? 0 : 1;
}

function scenesOf(part: Part, seed: number, runs: number): readonly Scene[] {
  if (part === 'killed') return killedScenes(seed, runs);
  return part === 'waiting' ? waitingScenes(seed, Math.ceil(runs / 4)) : verbScenes(seed, runs);
}

/** Something of every part early on, so that a run which is broken off has seen each. */
function byTurns(parts: readonly (readonly Scene[])[]): readonly Scene[] {
  const longest = Math.max(...parts.map(({ length }) => length));
  return [...Array(longest).keys()].flatMap((turn) => parts.flatMap((part) => part[turn] ?? []));
}

async function workThrough(
  stage: Stage,
  number: number,
  queue: Iterable<Scene>,
  say: (line: string) => void,
): Promise<readonly Verdict[]> {
  await using ground = await stage.openGround(number);
  const verdicts: Verdict[] = [];
  for (const scene of queue) {
    const played = await scene.play(ground);
    const { part, index, title } = scene;
    const verdict = { ...played, scene: { part, index, title }, pool: ground.name };
    verdicts.push(verdict);
    say(lineOf(verdict));
    await tidyUp(ground);
  }
  return verdicts;
}

/** A scene that failed must not make the next one fail. */
async function tidyUp(ground: Ground): Promise<void> {
  const { to, from } = ground.sides();
  const isClean = !isUnderWay(ground) && (await unsettled(ground, from.templateId)).length === 0;
  if (isClean) return;
  if (isUnderWay(ground))
    await ground.run({ argv: ['rollout', 'abort', '--exclusive'], job: 'tidy' });
  else await ground.run({ argv: ['deploy', '--exclusive', '--artifact', to.file], job: 'tidy' });
  const wrong = await unsettled(ground, ground.pool().templateId);
  if (wrong.length > 0)
    throw new RangeError(`${ground.name} could not be tidied: ${wrong.join(', ')}`);
}

function lineOf({ scene, when, lines, violations, isMissed }: Verdict): string {
  const ends = lines.map(({ line, ended }) => `${line} ${ended.exitCode}`).join(', ');
  const late = isMissed === true ? ' (too late)' : '';
  const words = violations.length > 0 ? violations.join('; ') : 'ok';
  return `${scene.part} ${scene.index} ${scene.title}, at ${when}${late}: ${ends}: ${words}`;
}
