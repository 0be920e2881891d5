import { drainWindowMs } from './drain-window.ts';
import { resolveFenceposts } from './fenceposts.ts';
import { isAdmitted, type ProbeResult } from './health.ts';
import type { Member, Observation } from './pool.ts';
import { probeAll } from './probe-members.ts';
import type { RolloutRecord } from './record.ts';
import { measure, type Session } from './session.ts';
import { comparesWeaker } from './weaker-check.ts';

/** Everything that can be found out before anything is changed. Returns the reason to refuse, or nothing. */
export async function preflight(
  session: Session,
  record: RolloutRecord,
  observation: Observation,
  isResumed: boolean,
): Promise<string | undefined> {
  warn(session, record, observation);
  // The way back is never refused: it is what one does when everything else has failed.
  if (record.phase === 'rolling-back') return undefined;
  return (
    (await checkProbe(session, observation)) ??
    (isResumed ? undefined : checkCapacity(session, record, observation))
  );
}

function warn(session: Session, record: RolloutRecord, observation: Observation): void {
  const { spec, pool } = session;
  const raise = (code: Parameters<typeof raiseWarning>[1], message: string): void =>
    raiseWarning(session, code, message);
  for (const message of comparesWeaker(observation.balancers, spec.probeDescription)) {
    raise('weaker-balancer-check', message);
  }
  if (observation.balancers.length > 0 && pool.drain === undefined) {
    raise(
      'no-drain',
      'The pool cannot drain members: connections to a member end when it is evicted',
    );
  }
  const fullMs = drainWindowMs(observation.balancers, {
    ...spec.drain,
    maxWindowMs: Number.POSITIVE_INFINITY,
  });
  if (fullMs > spec.drain.maxWindowMs) {
    raise(
      'short-drain',
      `Balancers need ${fullMs} ms to stop sending, the drain waits ${spec.drain.maxWindowMs} ms`,
    );
  }
  const kept = observation.members.filter(
    ({ isProtected, template }) => isProtected && template !== record.to,
  );
  if (kept.length > 0) {
    raise(
      'protected-members',
      `Protected members stay as they are: ${kept.map(({ id }) => `"${id}"`).join(', ')}`,
    );
  }
  if (record.from === record.to) {
    raise(
      'no-way-back',
      `No other template is known to go back to: a failure will pause the rollout`,
    );
  }
}

function raiseWarning(
  session: Session,
  code:
    | 'weaker-balancer-check'
    | 'no-drain'
    | 'short-drain'
    | 'protected-members'
    | 'no-way-back'
    | 'broken-start',
  message: string,
): void {
  session.emit({ type: 'warning-raised', code, message });
}

/** The probe must pass on a member that serves now: otherwise it would call every release bad. */
async function checkProbe(session: Session, observation: Observation): Promise<string | undefined> {
  const { gate, clock, signal, allowBrokenStart } = session.spec;
  const serving = observation.members.filter(
    (member) => member.state === 'running' && isAdmitted(member),
  );
  if (serving.length === 0) {
    if (observation.members.length > 0) {
      raiseWarning(
        session,
        'broken-start',
        'No member is in service now: rolling forward from a broken pool',
      );
    }
    return undefined;
  }
  let results: ReadonlyMap<string, ProbeResult> = new Map();
  for (let round = 1; round <= gate.successes; round += 1) {
    results = await probeAll(session, serving);
    if ([...results.values()].some(({ passed }) => passed)) return undefined;
    if (round < gate.successes) await clock.sleep(gate.intervalMs, { signal });
  }
  const why = `The probe passes on none of ${serving.length} members that are in service: ${lastDetail(serving, results)}`;
  if (!allowBrokenStart) return `${why} (the probe is wrong, not the release)`;
  raiseWarning(session, 'broken-start', why);
  return undefined;
}

function lastDetail(members: readonly Member[], results: ReadonlyMap<string, ProbeResult>): string {
  const last = members.at(-1);
  return (last && results.get(last.id)?.detail) ?? 'no answer';
}

async function checkCapacity(
  session: Session,
  record: RolloutRecord,
  observation: Observation,
): Promise<string | undefined> {
  const { maxSurge, maxUnavailable } = session.spec;
  const { unavailable } = resolveFenceposts(record.size, maxSurge, maxUnavailable);
  const isWhole = observation.members.every(
    (member) => member.state === 'running' && isAdmitted(member),
  );
  if (session.pool.capacity === undefined || unavailable > 0 || !isWhole || record.size === 0)
    return undefined;
  if ((await measure(session)) !== 0) return undefined;
  return 'The account has no room for one more member, and none may be unavailable (raise the quota, or allow `maxUnavailable: 1`)';
}
