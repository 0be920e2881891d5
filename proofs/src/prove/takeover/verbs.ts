import { canaryScenes } from './canary-verbs.ts';
import { deadVerbScenes } from './dead-verbs.ts';
import { forcedVerbScenes } from './forced-verbs.ts';
import { liveVerbScenes } from './live-verbs.ts';
import type { Scene } from './verdict.ts';

/** `ci-cli rollout …` from another process: while a controller works, after one died, and while canaries wait. */
export function verbScenes(seed: number, runs: number): readonly Scene[] {
  const kinds = [
    canaryScenes(seed),
    deadVerbScenes(seed),
    liveVerbScenes(seed),
    forcedVerbScenes(seed),
  ];
  const longest = Math.max(...kinds.map(({ length }) => length));
  const rounds = Math.max(1, Math.round(runs / 20));
  return [...Array(rounds * longest).keys()]
    .flatMap((turn) =>
      kinds.map((kind) => (turn < rounds * kind.length ? kind[turn % kind.length] : undefined)),
    )
    .filter((make) => make !== undefined)
    .map((make, index) => make(index));
}
