import type { Ended } from '../signals/strike.ts';
import type { Ground } from './ground.ts';
import { describeMoment, drawMoment, type Moment } from './moment.ts';
import type { StrategyName } from './settings.ts';
import { type Played, type Scene, unsettled, wrongExit } from './verdict.ts';
import { twoWriters } from './writes.ts';

const verbs = ['abort', 'rollback', 'pause', 'resume', 'approve', 'status'];
/** Once the rollout ends before the lease that the verb finds, once it outlives it. */
const strategies: readonly StrategyName[] = ['double', 'slow'];

/** While a controller works nobody else writes: a verb waits for the lease, and then finds all done, or gives up. */
export function liveVerbScenes(seed: number): readonly ((index: number) => Scene)[] {
  return strategies.flatMap((strategy) =>
    verbs.map((verb, number) => (index) => ({
      part: 'verbs',
      index,
      title: `${verb} while a ${strategy} deploy is under way`,
      play: (ground) => {
        const moment = drawMoment(seed + index, number, verbs.length);
        return play(ground, { verb, strategy, moment, name: `${index}` });
      },
    })),
  );
}

interface Encounter {
  readonly verb: string;
  readonly strategy: StrategyName;
  readonly moment: Moment;
  readonly name: string;
}

async function play(ground: Ground, encounter: Encounter): Promise<Played> {
  const { verb, strategy, moment, name } = encounter;
  const { to } = ground.sides();
  const since = new Date();
  using watched = ground.watch();
  const running = ground.run({
    argv: ['deploy', '--artifact', to.file],
    job: `live-${name}`,
    strategy,
  });
  await ground.until(moment, running);
  const [deploy, said] = await Promise.all([
    running,
    ground.run({ argv: ['rollout', verb], job: `verb-${name}`, strategy }),
  ]);
  const wrong = await unsettled(ground, to.templateId);
  return {
    when: describeMoment(moment),
    lines: [
      { line: 'deploy', ended: deploy },
      { line: `rollout ${verb}`, ended: said },
    ],
    violations: [
      ...wrongExit({ line: 'deploy', ended: deploy }, 0),
      ...wrongExit({ line: `rollout ${verb}`, ended: said }, ...(verb === 'status' ? [0] : [0, 3])),
      ...silence(said),
      ...wrong,
      ...watched.violations(),
      ...twoWriters(ground.writes(since)),
      ...(new Set(ground.writes(since).map(({ key }) => key)).size > 1
        ? ['the verb has written']
        : []),
    ],
  };
}

/** Who was kept out must have been told by whom; or why the verb makes no sense. */
function silence({ exitCode, output }: Ended): readonly string[] {
  const isTold = /job-live-\S+ holds this pool until \S+Z: waiting/.test(output);
  const isSenseless = output.includes('does not wait for approval');
  return exitCode !== 3 || isTold || isSenseless ? [] : ['kept out, and did not say by whom'];
}
