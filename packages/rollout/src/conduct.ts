import { act } from './act.ts';
import { readClock } from './clock.ts';
import { enter } from './enter.ts';
import { isRolloutError } from './error.ts';
import { countProven, type Health, trackHealth } from './health.ts';
import { releaseLease } from './lease.ts';
import type { Intent, Target } from './mandate.ts';
import { mark } from './mark.ts';
import { afterObservation, type Memory, missBalancers, startMemory } from './memory.ts';
import { plan } from './plan.ts';
import type { Observation } from './pool.ts';
import { preflight } from './preflight.ts';
import { probeDue } from './probe-members.ts';
import { type DecodedLedger, decodeLedger, goalOf, type RolloutRecord } from './record.ts';
import { createReporter, drainedNote, tellStart } from './reporter.ts';
import { type Ending, type RolloutResult, resultOf } from './result.ts';
import { observe, type Session } from './session.ts';
import type { Situation } from './situation.ts';
import { takeLease } from './take-lease.ts';

/** A controller's whole life: look, check, take the lease, then decide and act until there is an outcome. */
export async function conduct(
  session: Session,
  intent: Intent,
  target: Target | undefined,
): Promise<RolloutResult> {
  let record: RolloutRecord | undefined;
  const end = (ending: Ending): RolloutResult => resultOf(session, ending, record, target);
  try {
    const entry = await enter(session, intent, target);
    record = entry.record;
    if (entry.kind === 'end') return end(entry);
    session.rolloutId = entry.record.id;
    if (entry.kind === 'mark') return end(await mark(session, intent));
    tellStart(session, entry.record, entry.observation, entry.isResumed);
    const refusal = await preflight(session, entry.record, entry.observation, entry.isResumed);
    if (refusal !== undefined) return end({ outcome: 'refused', reason: refusal });
    const owned = await takeLease(session, entry.record, entry.observation);
    if ('outcome' in owned) return end(owned);
    const memory = startMemory(entry.record, owned, session.spec.clock.monotonicMs());
    return end(await steer(session, owned, memory));
  } catch (error) {
    return end(await breakOff(session, error));
  }
}

/** Observe, plan, tell, act; again. The observation is the last thing before the decision, so it is as fresh as can be. */
async function steer(session: Session, first: Observation, start: Memory): Promise<Ending> {
  const { spec, pool, me } = session;
  const reporter = createReporter(session);
  let observation = first;
  let memory = start;
  let health: Health = new Map();
  for (;;) {
    const probedMs = spec.clock.monotonicMs();
    const probes = await probeDue(session, observation, health, memory);
    observation = missBalancers(memory, await observe(session));
    const now = readClock(spec.clock);
    health = trackHealth(health, observation, probes, spec.gate, now.ms, probedMs);
    const ledger = decodeLedger(observation.annotations);
    const record = recordIn(ledger, memory);
    const proven = countProven(health, observation, goalOf(record));
    memory = afterObservation(memory, record, observation, proven, now.ms);
    const situation: Situation = {
      rules: spec,
      canDrain: pool.drain !== undefined,
      canMeasure: pool.capacity !== undefined,
      me,
      ledger,
      observation,
      health,
      memory,
      now,
    };
    const decision = plan(situation);
    reporter.tell(situation, decision);
    const step = await act(session, situation, decision);
    if (step.kind === 'end') {
      if (step.outcome === 'stuck') await releaseLease(session);
      return step;
    }
    memory = step.memory;
  }
}

/** Ours as it stands on the pool now, or as we remember it when it is gone or another's. */
function recordIn(ledger: DecodedLedger, { record }: Memory): RolloutRecord {
  const active = ledger.kind === 'readable' ? ledger.active : undefined;
  return active?.id === record.id ? active : record;
}

/** Cancelled, or cut off from the pool: whatever has been begun is on the pool, for the next controller to resume. */
async function breakOff(session: Session, error: unknown): Promise<Ending> {
  const isCancelled = session.spec.signal?.aborted === true;
  const hasBegun = session.counts.mutations > 0;
  if (!isCancelled && (!isRolloutError(error) || !hasBegun)) throw error;
  const isReleased = hasBegun ? await releaseLease(session) : true;
  const lease = isReleased
    ? ''
    : ` (the lease of "${session.me}" could not be given back: it runs out by itself)`;
  if (!isCancelled) {
    return { outcome: 'stuck', reason: `${(error as Error).message}${lease}` };
  }
  const what = hasBegun
    ? 'Cancelled between two actions: run it again to resume'
    : 'Cancelled before anything was changed';
  return { outcome: 'interrupted', reason: `${what}${drainedNote(session)}${lease}` };
}
