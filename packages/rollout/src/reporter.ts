import { countServing, isProven as hasFreshProof, takeCensus } from './census.ts';
import { drainWindowMs } from './drain-window.ts';
import type { MemberView, RolloutEventBody } from './events.ts';
import { fingerprint } from './fingerprint.ts';
import type { Health } from './health.ts';
import type { Observation } from './pool.ts';
import type { RolloutRecord } from './record.ts';
import type { Session } from './session.ts';
import type { Decision, Situation } from './situation.ts';

export interface Reporter {
  /** Tells what has changed since the last time, and the decision. */
  tell(situation: Situation, decision: Decision): void;
}

export function tellStart(
  session: Session,
  record: RolloutRecord,
  observation: Observation,
  isResumed: boolean,
): void {
  session.emit({
    type: 'rollout-start',
    from: record.from,
    to: record.to,
    size: record.size,
    strategy: session.spec.strategy.kind,
    isResumed,
    drainWindowMs: drainWindowMs(observation.balancers, session.spec.drain),
  });
}

/** The voice of the loop: everything that is told about a situation is told here, before anything is done about it. */
export function createReporter(session: Session): Reporter {
  let health: Health = new Map();
  let lastView: PoolView | undefined;
  let lastDecision = '';
  return {
    tell: (situation, decision) => {
      tellProofs(session, health, situation);
      health = situation.health;
      const view = viewOf(situation);
      session.minServing = Math.min(session.minServing ?? view.serving, view.serving);
      session.peak = Math.max(session.peak ?? 0, view.size, view.members.length);
      keepTrack(session, situation);
      if (lastView === undefined || !isSameView(lastView, view))
        session.emit({ type: 'pool-observed', ...view });
      lastView = view;
      const { action, reason, deadlineMs } = decision;
      const decisionText = `${action.type} ${reason}`;
      // A wait that goes on is told once; everything else is told each time, because each time something is done.
      if (action.type !== 'wait' || decisionText !== lastDecision) {
        session.emit({
          type: 'decision-made',
          action: action.type,
          reason,
          observation: fingerprint(situation.observation),
          ...(deadlineMs === undefined ? {} : { deadlineAt: inWallTime(situation, deadlineMs) }),
        });
      }
      lastDecision = decisionText;
    },
  };
}

function inWallTime({ now }: Situation, ms: number): Date {
  return new Date(now.at.getTime() + ms - now.ms);
}

function tellProofs(
  session: Session,
  before: Health,
  { health, memory, observation }: Situation,
): void {
  for (const { id, state } of observation.members) {
    const isProven = health.get(id)?.provenMs !== undefined;
    const wasProven = before.get(id)?.provenMs !== undefined;
    if (isProven && !wasProven) session.emit({ type: 'member-proved', member: id });
    // What we drain or evict loses its proof by our own doing.
    const isOurs = memory.drained.has(id) || state === 'leaving';
    if (!isProven && wasProven && !isOurs) session.emit({ type: 'member-flapped', member: id });
  }
}

function keepTrack(session: Session, { ledger, memory, observation }: Situation): void {
  const active = ledger.kind === 'readable' ? ledger.active : undefined;
  if (active !== undefined && active.id === session.rolloutId) session.record = active;
  session.draining = observation.members
    .filter(({ id, state }) => memory.drained.has(id) && state !== 'leaving')
    .map(({ id }) => id);
}

type PoolView = Omit<Extract<RolloutEventBody, { type: 'pool-observed' }>, 'type'>;

function viewOf(situation: Situation): PoolView {
  const { observation, ledger, memory } = situation;
  const record = (ledger.kind === 'readable' ? ledger.active : undefined) ?? memory.record;
  return {
    size: observation.size,
    template: observation.template,
    status: observation.statusDetail,
    serving: countServing(situation),
    floor: takeCensus(situation, record).floor,
    members: observation.members.map((member) => ({
      id: member.id,
      name: member.name,
      template: member.template,
      state: member.state,
      verdict: member.verdict,
      isProven: hasFreshProof(situation, member),
      isDrained: memory.drained.has(member.id),
      createdAt: member.createdAt,
    })),
  };
}

/** Field by field, because most looks at a pool of thousands show nothing new. */
function isSameView(one: PoolView, two: PoolView): boolean {
  return (
    one.size === two.size &&
    one.template === two.template &&
    one.status === two.status &&
    one.serving === two.serving &&
    one.floor === two.floor &&
    one.members.length === two.members.length &&
    one.members.every((member, index) => isSameMember(member, two.members[index]))
  );
}

function isSameMember(one: MemberView, two: MemberView | undefined): boolean {
  return (
    one.id === two?.id &&
    one.template === two.template &&
    one.state === two.state &&
    one.verdict === two.verdict &&
    one.isProven === two.isProven &&
    one.isDrained === two.isDrained
  );
}

/** Members that are drained and still there: whoever reads the outcome must know of them. */
export function drainedNote({ draining }: Session): string {
  if (draining.length === 0) return '';
  const names = draining.map((id) => `"${id}"`).join(', ');
  return `; drained and not yet evicted: ${names}, the next controller evicts them first`;
}
