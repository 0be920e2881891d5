import { deadlineOf, isPendingAwaited, pendingDeadlineOf } from './plan-gate.ts';
import type { Scene } from './scene.ts';
import type { Decision } from './situation.ts';

export function awaitProof(scene: Scene): Decision | undefined {
  const { census, memory, rules } = scene;
  const pending = isPendingAwaited(scene) ? census.pending : 0;
  if (census.unproven.length + pending === 0) return undefined;
  const deadlines = census.unproven.map((member) => deadlineOf(scene, member));
  if (pending > 0) deadlines.push(pendingDeadlineOf(scene));
  return {
    action: { type: 'wait', untilMs: soonestProofMs(scene) },
    reason: `Wait for proof: ${census.proven} of ${census.wanted} proved, ${census.unproven.length} under test, ${pending} on their way`,
    deadlineMs: Math.min(...deadlines, memory.progressMs + rules.progressDeadlineMs),
  };
}

/** A look at exactly that moment, not up to an interval later, is what keeps small pools quick. */
function soonestProofMs({ census, health, rules, now }: Scene): number | undefined {
  const { successes, minHealthyTimeMs } = rules.gate;
  const moments = census.unproven.flatMap(({ id }) => {
    const { heldSinceMs, passes = 0 } = health.get(id) ?? {};
    return heldSinceMs === undefined || passes < successes ? [] : heldSinceMs + minHealthyTimeMs;
  });
  const soonestMs = Math.min(...moments);
  return soonestMs > now.ms && soonestMs < Number.POSITIVE_INFINITY ? soonestMs : undefined;
}

/** What is being deleted still costs quota; but a slow deletion is no reason to call a good release bad. */
export function awaitDeparture({ census, memory, rules, now }: Scene): Decision | undefined {
  const deadlineMs = memory.progressMs + rules.progressDeadlineMs;
  if (census.leaving === 0 || now.ms >= deadlineMs) return undefined;
  return {
    action: { type: 'wait' },
    reason: `Wait for ${census.leaving} members to be gone`,
    deadlineMs,
  };
}

export function stuck(reason: string): Decision {
  return { action: { type: 'stop', outcome: 'stuck' }, reason };
}
