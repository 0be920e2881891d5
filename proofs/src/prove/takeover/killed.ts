import type { Ground } from './ground.ts';
import { describeMoment, drawMoment, type Moment } from './moment.ts';
import { type Played, type Scene, unsettled, wrongExit } from './verdict.ts';
import { twoWriters } from './writes.ts';

/** A controller is killed, and the same line is started again at once: it finishes what the first one began. */
export function killedScenes(seed: number, runs: number): readonly Scene[] {
  return [...Array(runs).keys()].map((index) => ({
    part: 'killed',
    index,
    title: 'deploy --exclusive after SIGKILL',
    play: (ground) => play(ground, drawMoment(seed, index, runs), `${index}`),
  }));
}

async function play(ground: Ground, moment: Moment, name: string): Promise<Played> {
  const { to } = ground.sides();
  const argv = ['deploy', '--exclusive', '--artifact', to.file];
  const since = new Date();
  using watched = ground.watch();
  const first = await ground.run({ argv, job: `killed-${name}` }, [
    { signal: 'SIGKILL', target: 'leader', after: (send) => ground.at(moment, send) },
  ]);
  const second = await ground.run({ argv, job: `heir-${name}` });
  const line = { line: 'deploy --exclusive', ended: second };
  const wrong = await unsettled(ground, to.templateId);
  return {
    when: describeMoment(moment),
    lines: [{ line: 'deploy, killed', ended: first }, line],
    isMissed: first.exitCode === 0,
    violations: [
      ...wrongExit({ line: 'deploy, killed', ended: first }, 137, 0),
      ...wrongExit(line, 0),
      ...wrong,
      ...watched.violations(),
      ...twoWriters(ground.writes(since)),
    ],
  };
}
