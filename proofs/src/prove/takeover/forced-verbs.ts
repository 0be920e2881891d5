import type { Ground } from './ground.ts';
import { describeMoment, drawMoment, type Moment } from './moment.ts';
import type { StrategyName } from './settings.ts';
import {
  isUnderWay,
  type Played,
  type PlayedLine,
  type Scene,
  unsettled,
  wrongExit,
} from './verdict.ts';
import { lateWrites } from './writes.ts';

/** Somebody vouches for something that is not so: the controller is alive. */
interface Force {
  readonly says: string;
  /** When it came in time, for itself and for the controller that it overrides. */
  readonly exitCode: number;
  readonly overridden: readonly number[];
  /** What ends it all, unless it is ended. */
  readonly afterwards?: readonly [says: string, exitCode: number];
  readonly endsOn: 'from' | 'to';
}

const forces: readonly Force[] = [
  { says: 'rollout unlock', exitCode: 0, overridden: [3], afterwards: ['deploy', 0], endsOn: 'to' },
  {
    says: 'rollout pause --exclusive',
    exitCode: 16,
    // 3 when the pause was written between a look of the deploy and the write that was to follow it.
    overridden: [16, 3],
    afterwards: ['rollout resume', 0],
    endsOn: 'to',
  },
  { says: 'rollout abort --exclusive', exitCode: 14, overridden: [3], endsOn: 'from' },
  { says: 'deploy --exclusive', exitCode: 0, overridden: [3], endsOn: 'to' },
];

/** The verb needs a second to start: late moments are those of a rollout that takes its time. */
const rounds: readonly StrategyName[] = ['double', 'slow'];

/** Force ends a live controller at its next look. There is no lock then, and yet nothing may be dropped. */
export function forcedVerbScenes(seed: number): readonly ((index: number) => Scene)[] {
  return rounds.flatMap((strategy, round) =>
    forces.map((force, number) => (index) => ({
      part: 'verbs',
      index,
      title: `${force.says} by force while a ${strategy} deploy is under way`,
      play: (ground) => {
        const moment = drawMoment(seed + index, 1 + round * forces.length + number, 14);
        return play(ground, { force, strategy, moment, name: `${index}` });
      },
    })),
  );
}

interface Attack {
  readonly force: Force;
  readonly strategy: StrategyName;
  readonly moment: Moment;
  readonly name: string;
}

async function play(ground: Ground, attack: Attack): Promise<Played> {
  const { force, strategy, moment, name } = attack;
  const { from, to } = ground.sides();
  const since = new Date();
  using watched = ground.watch();
  const say = async (line: string, job: string): Promise<PlayedLine> => {
    const artifact = line.startsWith('deploy') ? ['--artifact', to.file] : [];
    const argv = [...line.split(' '), ...artifact];
    return { line, ended: await ground.run({ argv, job, strategy }) };
  };
  const running = say('deploy', `live-${name}`);
  await ground.until(moment, running);
  const [live, forced] = await Promise.all([running, say(force.says, `force-${name}`)]);
  const lines = [{ ...live, line: 'deploy, overridden' }, forced];
  const writes = ground.writes(since);
  const violations = [...lateWrites(writes)];
  // It may have come when all was over.
  const isMissed = live.ended.exitCode === 0;
  if (isMissed) violations.push(...wrongExit(forced, 0));
  else {
    violations.push(...wrongExit(live, ...force.overridden), ...wrongExit(forced, force.exitCode));
    if (force.afterwards !== undefined && isUnderWay(ground)) {
      const [says, exitCode] = force.afterwards;
      const last = await say(says, `then-${name}`);
      lines.push(last);
      violations.push(...wrongExit(last, exitCode));
    }
  }
  const goal = !isMissed && force.endsOn === 'from' ? from : to;
  const wrong = await unsettled(ground, goal.templateId);
  return {
    when: describeMoment(moment),
    lines,
    isMissed,
    violations: [...violations, ...wrong, ...watched.violations()],
  };
}
