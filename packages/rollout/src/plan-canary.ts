import { isProven } from './census.ts';
import { goalPresent, hold } from './plan-gate.ts';
import type { Scene } from './scene.ts';
import type { Decision } from './situation.ts';
import { canaryCount, type ResolvedStrategy } from './strategy.ts';

/** The canary's strategy until it is passed, then the one that follows it. */
export function strategyNow(scene: Scene): ResolvedStrategy {
  const { strategy } = scene.rules;
  if (strategy.kind !== 'canary') return strategy;
  return isCanaryPassed(scene) ? (strategy.rest ?? { kind: 'auto' }) : strategy;
}

function isCanaryPassed(scene: Scene): boolean {
  const { record, rules, census, now } = scene;
  if (rules.strategy.kind !== 'canary' || record.phase !== 'rolling') return true;
  if (rules.strategy.approval !== 'automatic') return false;
  const count = Math.min(census.wanted, canaryCount(rules.strategy, census.wanted));
  if (goalPresent(scene) > count) return true;
  return census.proven >= count && now.ms >= allProvenMs(scene) + (rules.strategy.bakeTimeMs ?? 0);
}

/** When the last of the proved members of the goal was proved. */
function allProvenMs(scene: Scene): number {
  const { observation, census, health } = scene;
  const moments = observation.members
    .filter((member) => member.template === census.goalTemplate && isProven(scene, member))
    .map(({ id }) => health.get(id)?.provenMs ?? 0);
  return Math.max(0, ...moments);
}

/** Canaries that are proved must last, and then be approved. */
export function passCanary(scene: Scene): Decision | undefined {
  const { strategy } = scene.rules;
  if (strategy.kind !== 'canary' || isCanaryPassed(scene)) return undefined;
  const untilMs = allProvenMs(scene) + (strategy.bakeTimeMs ?? 0);
  if (scene.now.ms < untilMs) return bakeUntil(untilMs, `Bake ${scene.census.proven} canaries`);
  return hold(
    scene,
    `${scene.census.proven} canaries are proved: approve them to go on`,
    'approval',
  );
}

/** The old ones stay for a while after all is proved: the way back takes seconds while they do. */
export function bake(scene: Scene): Decision | undefined {
  const { census, rules, now } = scene;
  if (census.isRollback || census.candidates.length === 0 || rules.bakeTimeMs === 0)
    return undefined;
  // Once a drain has begun there is no way back into the bake.
  if (census.candidates.some(({ isDrained }) => isDrained)) return undefined;
  const untilMs = allProvenMs(scene) + rules.bakeTimeMs;
  if (now.ms >= untilMs) return undefined;
  return bakeUntil(
    untilMs,
    `Bake: all ${census.proven} proved, ${census.candidates.length} old ones stay for ${rules.bakeTimeMs} ms`,
  );
}

function bakeUntil(untilMs: number, reason: string): Decision {
  return { action: { type: 'wait', untilMs, isPatient: true }, reason };
}
