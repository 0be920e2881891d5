import type { Ground } from './ground.ts';
import { describeMoment, drawMoment, type Moment } from './moment.ts';
import {
  isUnderWay,
  type Played,
  type PlayedLine,
  type Scene,
  unsettled,
  wrongExit,
} from './verdict.ts';
import { twoWriters } from './writes.ts';

/** What is said once the controller is gone, and how each ends when it left a rollout behind. */
interface Story {
  readonly signal: 'SIGKILL' | 'SIGTERM';
  readonly says: readonly (readonly [line: string, exitCode: number])[];
  readonly endsOn: 'from' | 'to';
}

const stories: readonly Story[] = [
  { signal: 'SIGKILL', says: [['rollout abort', 14]], endsOn: 'from' },
  { signal: 'SIGKILL', says: [['rollout rollback --exclusive', 14]], endsOn: 'from' },
  { signal: 'SIGKILL', says: [['rollout resume', 0]], endsOn: 'to' },
  {
    signal: 'SIGKILL',
    says: [
      ['rollout unlock', 0],
      ['deploy', 0],
    ],
    endsOn: 'to',
  },
  {
    signal: 'SIGKILL',
    says: [
      ['rollout approve', 3],
      ['rollout abort --exclusive', 14],
    ],
    endsOn: 'from',
  },
  {
    signal: 'SIGKILL',
    says: [
      ['rollout pause', 16],
      ['deploy', 16],
      ['rollout resume', 0],
    ],
    endsOn: 'to',
  },
  { signal: 'SIGTERM', says: [['rollout abort', 14]], endsOn: 'from' },
  {
    signal: 'SIGTERM',
    says: [
      ['rollout pause', 16],
      ['rollout rollback', 14],
    ],
    endsOn: 'from',
  },
  {
    signal: 'SIGTERM',
    says: [
      ['rollout status', 0],
      ['rollout resume', 0],
    ],
    endsOn: 'to',
  },
];

export function deadVerbScenes(seed: number): readonly ((index: number) => Scene)[] {
  return stories.map((story, number) => (index) => ({
    part: 'verbs',
    index,
    title: `${story.signal}, then ${story.says.map(([line]) => line).join(', ')}`,
    // Not the very first and last moments: there is nothing to take over then.
    play: (ground) =>
      play(ground, story, drawMoment(seed + index, 1 + number, stories.length + 4), `${index}`),
  }));
}

async function play(ground: Ground, story: Story, moment: Moment, name: string): Promise<Played> {
  const { from, to } = ground.sides();
  const since = new Date();
  using watched = ground.watch();
  const run = async (line: string, index: number): Promise<PlayedLine> => {
    const argv = [...line.split(' '), ...(line === 'deploy' ? ['--artifact', to.file] : [])];
    return { line, ended: await ground.run({ argv, job: `verb-${name}-${index}` }) };
  };
  const first = await ground.run({ argv: ['deploy', '--artifact', to.file], job: `gone-${name}` }, [
    { signal: story.signal, target: 'leader', after: (send) => ground.at(moment, send) },
  ]);
  const lines: PlayedLine[] = [{ line: `deploy, ${story.signal}`, ended: first }];
  // What was sent before the end may still be on its way into the labels.
  const isLeft = isUnderWay(ground) || ground.pool().state !== 'running';
  const violations: string[] = [];
  for (const [index, [line, exitCode]] of story.says.entries()) {
    const said = await run(line, index);
    lines.push(said);
    if (isLeft) violations.push(...wrongExit(said, exitCode));
  }
  const goal = isLeft && story.endsOn === 'from' ? from : to;
  const isAllOver = first.exitCode === 0 || isLeft || ground.pool().templateId === to.templateId;
  if (isAllOver) violations.push(...(await unsettled(ground, goal.templateId)));
  return {
    when: describeMoment(moment),
    lines,
    isMissed: !isLeft,
    violations: [...violations, ...watched.violations(), ...twoWriters(ground.writes(since))],
  };
}
