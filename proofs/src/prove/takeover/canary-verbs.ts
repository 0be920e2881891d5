import { setTimeout as delay } from 'node:timers/promises';
import type { Ground } from './ground.ts';
import { draw, drawMoment } from './moment.ts';
import {
  isUnderWay,
  type Played,
  type PlayedLine,
  type Scene,
  unsettled,
  wrongExit,
} from './verdict.ts';
import { twoWriters } from './writes.ts';

/** A verb, and the exit code that it must have while canaries wait for approval. */
type Step = readonly [verb: string, exitCode: number];

const sequences: readonly (readonly Step[])[] = [
  [['approve', 0]],
  [['abort', 14]],
  [['rollback', 14]],
  [
    ['resume', 16],
    ['approve', 0],
  ],
  [
    ['pause', 16],
    ['abort', 14],
  ],
  [
    ['status', 0],
    ['unlock', 0],
    ['approve', 0],
  ],
];

/** Two at once: whoever gets the lease does the work, the other one nothing. */
const races: readonly (readonly [string, string])[] = [
  ['approve', 'approve'],
  ['approve', 'abort'],
  ['rollback', 'approve'],
  ['abort', 'rollback'],
];

type MakeScene = (index: number) => Scene;

export function canaryScenes(seed: number): readonly MakeScene[] {
  return [
    ...sequences.map(
      (steps): MakeScene =>
        (index) => ({
          part: 'verbs',
          index,
          title: `canary, then ${steps.map(([verb]) => verb).join(', ')}`,
          play: (ground) => inTurn(ground, steps, `${index}`),
        }),
    ),
    ...races.map(
      (verbs): MakeScene =>
        (index) => ({
          part: 'verbs',
          index,
          title: `canary, then ${verbs.join(' and ')} at once`,
          play: (ground) => atOnce(ground, verbs, draw(seed, index, 'apart') * 1_500, `${index}`),
        }),
    ),
    (index) => ({
      part: 'verbs',
      index,
      title: 'canary, then approve after SIGKILL of approve',
      play: (ground) => approveTwice(ground, seed, index),
    }),
  ];
}

async function release(ground: Ground, name: string): Promise<PlayedLine> {
  const { to } = ground.sides();
  const argv = ['deploy', '--exclusive', '--artifact', to.file];
  const ended = await ground.run({ argv, job: `canary-${name}`, strategy: 'canary' });
  return { line: 'deploy', ended };
}

async function say(ground: Ground, verb: string, name: string): Promise<PlayedLine> {
  const argv = ['rollout', verb];
  const ended = await ground.run({ argv, job: `${verb}-${name}`, strategy: 'canary' });
  return { line: argv.join(' '), ended };
}

async function inTurn(ground: Ground, steps: readonly Step[], name: string): Promise<Played> {
  const { from, to } = ground.sides();
  const since = new Date();
  using watched = ground.watch();
  const lines = [await release(ground, name)];
  const codes = [16];
  for (const [verb, exitCode] of steps) {
    lines.push(await say(ground, verb, name));
    codes.push(exitCode);
  }
  const isBack = codes.at(-1) === 14;
  const wrong = await unsettled(ground, (isBack ? from : to).templateId);
  return {
    when: 'in turn',
    lines,
    violations: [
      ...lines.flatMap((line, number) => wrongExit(line, codes[number] ?? 0)),
      ...wrong,
      ...watched.violations(),
      ...twoWriters(ground.writes(since)),
    ],
  };
}

async function atOnce(
  ground: Ground,
  verbs: readonly [string, string],
  apartMs: number,
  name: string,
): Promise<Played> {
  const { from, to } = ground.sides();
  const since = new Date();
  using watched = ground.watch();
  const released = await release(ground, name);
  const both = await Promise.all(
    verbs.map(async (verb, number) => {
      await delay(number * apartMs);
      return await say(ground, verb, `${number}-${name}`);
    }),
  );
  const results = both.map(({ ended }) => ended.exitCode);
  const worked = both.filter(({ ended }) => /rollout (completed|rolled-back)/.test(ended.output));
  const isBack = results.includes(14);
  const wrong = await unsettled(ground, (isBack ? from : to).templateId);
  return {
    when: `${Math.round(apartMs)} ms apart`,
    lines: [released, ...both],
    violations: [
      ...wrongExit(released, 16),
      // Who comes when all is over finds nothing under way.
      ...both.flatMap((line) =>
        wrongExit(line, ...(line.line.endsWith('approve') ? [0, 3] : [0, 3, 14])),
      ),
      ...(worked.length === 1
        ? []
        : [`${worked.length} have done the work: ${results.join(', ')}`]),
      ...wrong,
      ...watched.violations(),
      ...twoWriters(ground.writes(since)),
    ],
  };
}

async function approveTwice(ground: Ground, seed: number, index: number): Promise<Played> {
  const { to } = ground.sides();
  const since = new Date();
  using watched = ground.watch();
  const released = await release(ground, `${index}`);
  const moment = drawMoment(seed, index, 40);
  const argv = ['rollout', 'approve'];
  const first = await ground.run({ argv, job: `dead-${index}`, strategy: 'canary' }, [
    { signal: 'SIGKILL', target: 'leader', after: (send) => ground.at(moment, send) },
  ]);
  const again = await say(ground, 'approve', `${index}`);
  const wrong = isUnderWay(ground)
    ? ['it is still under way']
    : await unsettled(ground, to.templateId);
  return {
    when: `operation ${moment.operation} + ${moment.delayMs} ms`,
    lines: [released, { line: 'rollout approve, killed', ended: first }, again],
    violations: [
      ...wrongExit(released, 16),
      ...wrongExit(again, 0),
      ...wrong,
      ...watched.violations(),
      ...twoWriters(ground.writes(since)),
    ],
  };
}
