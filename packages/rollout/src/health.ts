import type { Member, Observation } from './pool.ts';

/** What one look at a member said; `detail` must be fit for a log: no secret, no body. */
export interface ProbeResult {
  readonly passed: boolean;
  readonly detail: string;
}

export interface GateRules {
  readonly successes: number;
  readonly minHealthyTimeMs: number;
}

/** What this controller has seen of one member. Lost with the controller, on purpose: a new one proves again. */
export interface MemberHealth {
  /** Consecutive passes and failures of the probe; one of the two is zero. */
  readonly passes: number;
  readonly failures: number;
  /** Those of the failures in a row that were seen while a balancer sent clients to it. */
  readonly exposedFailures: number;
  /** How often a proof was lost. */
  readonly flaps: number;
  readonly probedMs: number | undefined;
  /** Since when it passes and the balancer agrees. */
  readonly heldSinceMs: number | undefined;
  readonly provenMs: number | undefined;
  /** Since when it has not been proved: first seen, or the last flap. */
  readonly unprovenSinceMs: number;
  readonly detail: string;
}

/** By member id. */
export type Health = Pick<ReadonlyMap<string, MemberHealth>, 'get'>;

/**
 * Folds one observation and the probes taken just before it into what is known. A proof needs a running member, enough
 * consecutive passes, the balancer's word where one balances, and all of that held; anything less starts again.
 */
export function trackHealth(
  previous: Health,
  observation: Observation,
  probes: ReadonlyMap<string, ProbeResult>,
  gate: GateRules,
  nowMs: number,
  /** When the probes were sent, which a slow look at the pool may make a while ago. */
  probedMs: number = nowMs,
): ReadonlyMap<string, MemberHealth> {
  return new Map(
    observation.members.map((member) => [
      member.id,
      track(previous.get(member.id) ?? unseen(nowMs), member, probes.get(member.id), gate, {
        nowMs,
        probedMs,
      }),
    ]),
  );
}

function unseen(nowMs: number): MemberHealth {
  return {
    passes: 0,
    failures: 0,
    exposedFailures: 0,
    flaps: 0,
    probedMs: undefined,
    heldSinceMs: undefined,
    provenMs: undefined,
    unprovenSinceMs: nowMs,
    detail: 'not probed yet',
  };
}

function track(
  previous: MemberHealth,
  member: Member,
  probe: ProbeResult | undefined,
  gate: GateRules,
  { nowMs, probedMs }: { readonly nowMs: number; readonly probedMs: number },
): MemberHealth {
  const isRunning = member.state === 'running';
  const passes = isRunning ? count(previous.passes, probe?.passed) : 0;
  const failures = isRunning ? count(previous.failures, probe && !probe.passed) : 0;
  const isExposed = isRunning && member.verdict === 'healthy';
  const isHeld = passes > 0 && isAdmitted(member);
  const heldSinceMs = isHeld ? (previous.heldSinceMs ?? nowMs) : undefined;
  const isProven =
    heldSinceMs !== undefined &&
    passes >= gate.successes &&
    nowMs - heldSinceMs >= gate.minHealthyTimeMs;
  const hasFlapped = previous.provenMs !== undefined && !isProven;
  return {
    passes,
    failures,
    exposedFailures: isExposed ? count(previous.exposedFailures, probe && !probe.passed) : 0,
    flaps: previous.flaps + (hasFlapped ? 1 : 0),
    probedMs: probe === undefined ? previous.probedMs : probedMs,
    heldSinceMs,
    provenMs: isProven ? (previous.provenMs ?? nowMs) : undefined,
    unprovenSinceMs: hasFlapped ? nowMs : previous.unprovenSinceMs,
    detail: probe?.detail ?? previous.detail,
  };
}

function count(before: number, happened: boolean | undefined): number {
  if (happened === undefined) return before;
  return happened ? before + 1 : 0;
}

/** In the rotation of every balancer, or in a pool that nothing balances. */
export function isAdmitted(member: Member): boolean {
  return member.verdict === 'healthy' || member.verdict === 'none';
}

/**
 * `serving` counts towards the floor · `failing` may be removed at no cost · `uncertain` neither counts nor is free:
 * it may serve although we did not see it.
 */
export type Standing = 'serving' | 'uncertain' | 'failing';

export function standingOf(
  member: Member,
  health: MemberHealth | undefined,
  gate: GateRules,
  isDrained: boolean,
): Standing {
  if (isDrained || ['stopping', 'stopped', 'leaving', 'failed'].includes(member.state))
    return 'failing';
  if (member.state === 'starting' || health === undefined) return 'uncertain';
  if (health.passes > 0 && isAdmitted(member)) return 'serving';
  return health.failures >= gate.successes ? 'failing' : 'uncertain';
}

/** How many members of a template are proved. */
export function countProven(health: Health, { members }: Observation, template: string): number {
  return members.filter(
    (member) => member.template === template && health.get(member.id)?.provenMs !== undefined,
  ).length;
}
