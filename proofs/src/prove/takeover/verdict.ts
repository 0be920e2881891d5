import type { Ended } from '../signals/strike.ts';
import { type Ground, wrongAfter } from './ground.ts';
import type { Part } from './options.ts';
import { POOL_SIZE } from './settings.ts';

/** What is to be played on a pool. */
export interface Scene {
  readonly part: Part;
  /** With the seed, all it takes to play it again. */
  readonly index: number;
  readonly title: string;
  readonly play: (ground: Ground) => Promise<Played>;
}

export interface Played {
  /** At which moment, in words. */
  readonly when: string;
  readonly lines: readonly PlayedLine[];
  /** Broken promises, in words; empty when all is well. */
  readonly violations: readonly string[];
  /** Whether the moment came too late to disturb anything. */
  readonly isMissed?: boolean;
}

export interface PlayedLine {
  /** `deploy --exclusive`. */
  readonly line: string;
  readonly ended: Ended;
}

export interface Verdict extends Played {
  readonly scene: Pick<Scene, 'part' | 'index' | 'title'>;
  readonly pool: string;
}

const SETTLED_MS = 20_000;

/** What is not as it should be once all is over: every member on the template, as many as before, nobody at work. */
export async function unsettled(ground: Ground, templateId: string): Promise<readonly string[]> {
  return await wrongAfter(SETTLED_MS, () => {
    const { size, members, templateId: current } = ground.pool();
    const others = members.filter((member) => member.templateId !== templateId).length;
    const serving = ground.serving();
    const isWhole = size === POOL_SIZE && members.length === POOL_SIZE;
    return [
      ...(current === templateId ? [] : [`the pool is set to template ${current}`]),
      ...(others === 0 ? [] : [`${others} members run another template`]),
      ...(isWhole ? [] : [`size ${size}, ${members.length} members`]),
      ...(serving === POOL_SIZE ? [] : [`${serving} members serve`]),
      ...(isUnderWay(ground) ? ['a rollout is under way'] : []),
    ];
  });
}

export function isUnderWay(ground: Ground): boolean {
  return ground.labels()['exoship-rollout'] !== undefined;
}

export function wrongExit(
  { line, ended }: PlayedLine,
  ...allowed: readonly number[]
): readonly string[] {
  const { exitCode } = ended;
  return allowed.includes(exitCode)
    ? []
    : [`${line} exited ${exitCode} instead of ${allowed.join(' or ')}`];
}

/** The last lines of everything that ran, for the report. */
export function outputOf({ lines }: Played): string {
  return lines
    .map(
      ({ line, ended }) =>
        `-- ${line}\n${ended.output.trimEnd().split('\n').slice(-30).join('\n')}`,
    )
    .join('\n');
}
