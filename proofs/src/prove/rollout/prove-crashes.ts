import { type Docket, expectWell } from './docket.ts';
import { draw } from './draw.ts';
import { expectEnd } from './expect-end.ts';
import { type Death, deathMoments } from './mortal.ts';
import type { Scenario } from './scenario.ts';
import { stories } from './stories.ts';

export interface CrashReport {
  /** Requests at which a controller was killed, each at three moments. */
  readonly crashPoints: number;
  readonly crashPairs: number;
}

export interface CrashOptions {
  readonly seed: number;
  /** How many pairs of crashes are drawn. */
  readonly pairs: number;
  /** Of the stories. @default all */
  readonly names?: readonly string[] | undefined;
  readonly isThroughHttp?: boolean | undefined;
  /** Only every so many requests. @default 1 */
  readonly every?: number | undefined;
}

/** Kills the controller at every request it makes; then, for a sample, its successor as well. */
export async function proveCrashes(
  docket: Docket,
  { seed, pairs, names = Object.keys(stories), isThroughHttp, every = 1 }: CrashOptions,
): Promise<CrashReport> {
  let crashPoints = 0;
  let crashPairs = 0;
  for (const name of names) {
    const scenario = { ...stories[name], seed: `crash-${seed}`, isThroughHttp } as Scenario;
    const whole = await expectWell(docket, name, { scenario }, expectEnd(scenario));
    const calls = whole?.calls ?? 0;
    for (const death of deathsOf(calls, every)) {
      crashPoints += 1;
      await expectWell(
        docket,
        `${name}, killed`,
        { scenario, deaths: [death] },
        expectEnd(scenario),
      );
    }
    for (let pair = 0; pair < pairs / names.length; pair += 1) {
      crashPairs += 1;
      const deaths = ['first', 'second'].map((which) =>
        drawDeath(`${seed} ${name} ${pair} ${which}`, calls),
      );
      await expectWell(docket, `${name}, killed twice`, { scenario, deaths }, expectEnd(scenario));
    }
  }
  return { crashPoints, crashPairs };
}

function deathsOf(calls: number, every: number): readonly Death[] {
  return Array.from(
    { length: Math.floor(calls / every) },
    (_, index) => (index + 1) * every,
  ).flatMap((call) => deathMoments.map((when) => ({ call, when })));
}

function drawDeath(key: string, calls: number): Death {
  const call = 1 + Math.floor(draw(`${key} call`) * calls);
  const moment = Math.floor(draw(`${key} moment`) * deathMoments.length);
  return { call, when: deathMoments[moment] ?? 'before-send' };
}
