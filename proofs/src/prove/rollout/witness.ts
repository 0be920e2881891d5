import type { Member, Observation, ProbeResult, RolloutEvent } from '@exoship/rollout';
import { gate, proofFreshMs } from './rules.ts';

interface Evidence {
  passes: number;
  lastPassMs: number;
  heldSinceMs: number | undefined;
}

/** What one controller has seen and said, kept apart from what it makes of it. */
export interface Witness {
  readonly name: string;
  /** As it stands in the lease. */
  readonly owner: string;
  readonly isExclusive: boolean;
  readonly events: RolloutEvent[];
  /** Its last look at the pool; absent before the first. */
  seen: Observation | undefined;
  /** Changes it has sent and not heard of yet; drains are not among them. */
  inFlight: number;
  /** How many changes it has sent. */
  deeds: number;
  /** Whether what is in flight takes the lease. */
  takesLease: boolean;
  /** Announcements that no change has followed yet. */
  readonly announced: RolloutEvent[];
  lastDecision: RolloutEvent | undefined;
  noteProbe(id: string, result: ProbeResult): void;
  noteLook(observation: Observation): void;
  noteRemoval(id: string, call: 'drain' | 'evict'): void;
  /** Told to drain, or evicted, and not back since. */
  isRemoved(id: string): boolean;
  /** In service, as far as it can know: running, admitted, answered lately, and not on its way out. */
  isServing(member: Member): boolean;
  /** In the rotation, and not known to fail: clients may be using it. */
  mayServe(member: Member): boolean;
  /** Proved by the policy, and lately. */
  isProved(member: Member): boolean;
}

export function createWitness(name: string, isExclusive: boolean, nowMs: () => number): Witness {
  const evidence = new Map<string, Evidence>();
  const drained = new Set<string>();
  const evicted = new Set<string>();
  const isRemoved = (id: string): boolean => drained.has(id) || evicted.has(id);
  const isAdmitted = ({ state, verdict }: Member): boolean =>
    state === 'running' && (verdict === 'healthy' || verdict === 'none');
  const isFresh = (known: Evidence | undefined): known is Evidence =>
    known !== undefined && known.passes > 0 && nowMs() - known.lastPassMs <= proofFreshMs;

  function hold(member: Member): void {
    const known = evidence.get(member.id);
    if (known === undefined) return;
    if (known.passes > 0 && isAdmitted(member)) known.heldSinceMs ??= nowMs();
    else known.heldSinceMs = undefined;
    if (member.state !== 'running') known.passes = 0;
  }

  const witness: Witness = {
    name,
    owner: `${name}/${name}`,
    isExclusive,
    events: [],
    seen: undefined,
    inFlight: 0,
    deeds: 0,
    takesLease: false,
    announced: [],
    lastDecision: undefined,
    noteProbe(id, { passed }) {
      const known = evidence.get(id) ?? { passes: 0, lastPassMs: 0, heldSinceMs: undefined };
      evidence.set(id, known);
      known.passes = passed ? known.passes + 1 : 0;
      if (passed) known.lastPassMs = nowMs();
    },
    noteLook(observation) {
      for (const member of observation.members) {
        hold(member);
        const isOn = member.state === 'running' || member.state === 'starting';
        // Switched on again, to be evicted after all or by another hand: what was asked of it is undone.
        if (isOn && wasOff(witness.seen, member.id)) {
          drained.delete(member.id);
          evicted.delete(member.id);
        }
      }
      // Whoever is still there when the pool has come to rest was not evicted.
      if (observation.status === 'steady') evicted.clear();
      witness.seen = observation;
    },
    noteRemoval: (id, call) => void (call === 'drain' ? drained : evicted).add(id),
    isRemoved,
    mayServe: (member) =>
      !isRemoved(member.id) && isAdmitted(member) && evidence.get(member.id)?.passes !== 0,
    isServing: (member) =>
      !isRemoved(member.id) && isAdmitted(member) && isFresh(evidence.get(member.id)),
    isProved(member) {
      const known = evidence.get(member.id);
      if (!witness.isServing(member) || !isFresh(known)) return false;
      const { passes, heldSinceMs } = known;
      const isHeld = heldSinceMs !== undefined && nowMs() - heldSinceMs >= gate.minHealthyTimeMs;
      return isHeld && passes >= gate.successes;
    },
  };
  return witness;
}

function wasOff(before: Observation | undefined, id: string): boolean {
  const state = before?.members.find((member) => member.id === id)?.state;
  return state === 'stopping' || state === 'stopped';
}
