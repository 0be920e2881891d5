import type { Candidate, Census } from './census.ts';
import { remove } from './plan-removal.ts';
import type { Scene } from './scene.ts';
import type { Decision } from './situation.ts';

/**
 * Evicts what may go, after draining what may still be in use: all of the surplus beyond the wanted size, and of what
 * `maxUnavailable` allows only what is `needed`.
 */
export function retire(scene: Scene, needed: number): Decision | undefined {
  const { census } = scene;
  const surplus = pickVictims(census, census.size, false);
  const borrowed = pickVictims(census, census.floor, false);
  const victims =
    surplus.length >= needed ? surplus : borrowed.slice(0, Math.max(surplus.length, needed));
  const floor = surplus.length >= needed ? census.size : census.floor;
  return remove(scene, victims, arithmetic(census, victims, floor));
}

/**
 * On the way back the members that fail go at once, because they take traffic and answer it badly; and with them those
 * of their kind that are not missed, so that they do not serve for one more drain window.
 */
export function retireFailing(scene: Scene): Decision | undefined {
  const { census } = scene;
  if (!census.isRollback) return undefined;
  const failing = pickVictims(census, census.floor, true).filter(
    ({ standing }) => standing === 'failing',
  );
  if (failing.length === 0) return undefined;
  const spare = pickVictims(census, census.size, true);
  const victims = spare.length > failing.length ? spare : failing;
  return remove(scene, victims, `they fail, ${arithmetic(census, victims, census.floor)}`);
}

/** Neither surge nor capacity: one failing member makes room, because that costs no service. */
export function needsRoom(scene: Scene): Decision | undefined {
  const victims = scene.census.candidates
    .filter(({ standing }) => standing === 'failing')
    .slice(0, 1);
  return remove(
    scene,
    victims,
    'it does not serve, and nothing can be created before something goes',
  );
}

/**
 * The longest run of candidates that leaves `floor` members present and serving. With `isFailingFree`, members that fail
 * may go even while fewer than `floor` serve: their removal takes nothing away.
 */
function pickVictims(census: Census, floor: number, isFailingFree: boolean): readonly Candidate[] {
  const victims: Candidate[] = [];
  let serving = census.serving;
  for (const candidate of census.candidates) {
    const after = serving - (candidate.standing === 'serving' ? 1 : 0);
    const isFree = isFailingFree && candidate.standing === 'failing';
    if (census.present - victims.length - 1 < floor) break;
    if (after < floor && !isFree) break;
    victims.push(candidate);
    serving = after;
  }
  return victims;
}

function arithmetic(census: Census, victims: readonly Candidate[], floor: number): string {
  const serving = victims.filter(({ standing }) => standing === 'serving').length;
  return `${census.present} present - ${victims.length} and ${census.serving} serving - ${serving} leave at least ${floor}`;
}
