import type { Ended } from '../signals/strike.ts';
import type { Ground } from './ground.ts';
import { describeMoment, drawMoment, type Moment } from './moment.ts';
import { type Played, type Scene, unsettled, wrongExit } from './verdict.ts';
import { twoWriters } from './writes.ts';

/** Nothing vouches for the second controller: it keeps its hands off until the lease has run out, and says so. */
export function waitingScenes(seed: number, runs: number): readonly Scene[] {
  return [...Array(runs).keys()].flatMap((index) => [
    {
      part: 'waiting' as const,
      index: 2 * index,
      title: 'deploy after SIGKILL',
      play: (ground: Ground) => afterKill(ground, drawMoment(seed + 1, index, runs), `${index}`),
    },
    {
      part: 'waiting' as const,
      index: 2 * index + 1,
      title: 'deploy beside a deploy',
      play: (ground: Ground) => beside(ground, drawMoment(seed + 2, index, runs), `${index}`),
    },
  ]);
}

async function afterKill(ground: Ground, moment: Moment, name: string): Promise<Played> {
  const { to } = ground.sides();
  const argv = ['deploy', '--artifact', to.file];
  const since = new Date();
  using watched = ground.watch();
  const first = await ground.run({ argv, job: `dead-${name}` }, [
    { signal: 'SIGKILL', target: 'leader', after: (send) => ground.at(moment, send) },
  ]);
  const startedAt = new Date();
  const second = await ground.run({ argv, job: `waits-${name}` });
  const line = { line: 'deploy', ended: second };
  const wrong = await unsettled(ground, to.templateId);
  return {
    when: describeMoment(moment),
    lines: [{ line: 'deploy, killed', ended: first }, line],
    isMissed: first.exitCode === 0,
    violations: [
      ...wrongExit(line, 0),
      ...wrong,
      ...watched.violations(),
      ...twoWriters(ground.writes(since)),
      ...impatience(ground, { since, startedAt, holder: `dead-${name}`, second }),
    ],
  };
}

interface Wait {
  readonly since: Date;
  readonly startedAt: Date;
  readonly holder: string;
  readonly second: Ended;
}

/** Whoever found a lease must have named its holder and its end, and written nothing before that. */
function impatience(ground: Ground, { since, startedAt, holder, second }: Wait): readonly string[] {
  const writes = ground.writes(since);
  const theirs = writes.filter(({ at }) => at < startedAt);
  const hadLease =
    theirs.at(-1)?.owner !== undefined || theirs.some(({ what }) => what === 'scale');
  const isOver = theirs.at(-1)?.what === 'settle' && theirs.at(-1)?.owner === undefined;
  if (!hadLease || isOver) return [];
  const [, named, until = ''] =
    /(\S+) holds this pool until (\S+Z): waiting/.exec(second.output) ?? [];
  if (named === undefined) return ['did not say who holds the lease and until when'];
  const firstOwn = writes.find(({ at }) => at >= startedAt);
  return [
    ...(named.startsWith(`job-${holder}/`) ? [] : [`named ${named} as the holder`]),
    ...(firstOwn !== undefined && firstOwn.at < new Date(until)
      ? [`wrote at ${firstOwn.at.toISOString()}, before the lease ended at ${until}`]
      : []),
  ];
}

async function beside(ground: Ground, moment: Moment, name: string): Promise<Played> {
  const { to } = ground.sides();
  const argv = ['deploy', '--artifact', to.file];
  const since = new Date();
  using watched = ground.watch();
  const running = ground.run({ argv, job: `first-${name}` });
  await ground.until(moment, running);
  const [first, second] = await Promise.all([running, ground.run({ argv, job: `second-${name}` })]);
  const lines = [
    { line: 'deploy', ended: first },
    { line: 'deploy beside it', ended: second },
  ] as const;
  const wrong = await unsettled(ground, to.templateId);
  // Two that start together: either may be the one that gets the lease.
  const hasWorked = lines.some(({ ended }) => ended.output.includes('rollout completed'));
  return {
    when: describeMoment(moment),
    lines,
    violations: [
      ...lines.flatMap((line) => wrongExit(line, 0, 3)),
      ...(hasWorked ? [] : ['neither has done the work']),
      ...wrong,
      ...watched.violations(),
      ...twoWriters(ground.writes(since)),
    ],
  };
}
