import type { Strategy } from '@exoship/rollout';
import type { Behaviour, Switches } from '@exoship/sandbox';

/** The default of `rollout`. */
const leaseSettleMs = 2_000;

/** How one request of a controller goes wrong. */
export interface WireFault {
  /** Counts the requests of its controller from 1. */
  readonly call: number;
  readonly kind:
    | 'cut-before'
    | 'cut-after'
    | 'unavailable'
    /** Its operation ends badly; a request that only reads is not touched. */
    | 'operation-failure'
    | 'operation-timeout'
    | 'operation-busy'
    | 'operation-partial'
    /** It did everything and says otherwise. */
    | 'operation-lies'
    /** The process stands still before it sends. */
    | 'stall';
}

/** What somebody else does, or what happens by itself. */
export interface Disturbance {
  readonly atMs: number;
  readonly kind:
    | 'delete-old'
    | 'delete-new'
    | 'stop-old'
    | 'grow'
    | 'shrink'
    | 'template'
    | 'quota';
}

export type Release = 'good' | 'never-healthy' | 'flapping' | 'hangs' | 'dies' | 'slow';

/** All that decides a run: plain data, printed when it fails. */
export interface Scenario {
  readonly seed: string;
  readonly size: number;
  readonly quota: number;
  readonly strategy: Strategy;
  readonly maxSurge?: number | undefined;
  readonly maxUnavailable: number;
  readonly release: Release;
  /** Members that the pool must keep running. @default 0 */
  readonly minAvailable?: number | undefined;
  readonly switches?: Partial<Switches> | undefined;
  readonly faults: readonly WireFault[];
  readonly disturbances: readonly Disturbance[];
  /** A second controller starts so much later: with the same release, with another one, or to go back. */
  readonly rival?:
    | { readonly atMs: number; readonly wants: 'same' | 'other' | 'abort' }
    | undefined;
  /** Through the real adapter and client instead of the quick stand-in for both. */
  readonly isThroughHttp?: boolean | undefined;
  /** How long a `stall` lasts. */
  readonly stallMs?: number | undefined;
}

export const quiet: Pick<Scenario, 'faults' | 'disturbances' | 'maxUnavailable' | 'release'> = {
  faults: [],
  disturbances: [],
  maxUnavailable: 0,
  release: 'good',
};

/** Nobody but the controllers has a hand in it: the strictest form of every invariant applies. */
export function isUndisturbed({ release, disturbances, switches }: Scenario): boolean {
  const healsItself = switches?.selfHealOnStop === true;
  return (
    disturbances.length === 0 &&
    !healsItself &&
    (release === 'good' || release === 'slow' || release === 'never-healthy')
  );
}

/**
 * A drain by `stop` can do its work: the button reaches the guest, and what is off may be evicted as it is. Then nobody
 * may be cut off, whatever happens to the controllers.
 */
export function isDrainable(scenario: Scenario): boolean {
  const { stopIsAcpi = true, evictOfStoppedMember = 'allowed' } = scenario.switches ?? {};
  return isUndisturbed(scenario) && stopIsAcpi && evictOfStoppedMember === 'allowed';
}

/**
 * Without compare-and-set a lease is taken by writing it and looking again after a pause. When a write takes effect later
 * than that pause after its writer's last look, because the process stalled or the cloud queued it, it may replace a lease
 * that is alive: its holder then ends, and what both knew of the size may differ. Nothing but that may go wrong.
 */
export function isBeyondMargin({ rival, faults, switches, stallMs = 30_000 }: Scenario): boolean {
  if (rival === undefined) return false;
  const isStalled = stallMs > leaseSettleMs && faults.some(({ kind }) => kind === 'stall');
  return isStalled || switches?.overlappingOperation === 'queue';
}

const second = 1_000;

/** What the guests of the new version do. */
export function behaviourOf(release: Release): Partial<Behaviour> {
  switch (release) {
    case 'never-healthy':
      return { condition: { kind: 'never-healthy' } };
    case 'flapping':
      return { condition: { kind: 'flapping', upMs: 12 * second, downMs: 14 * second } };
    case 'hangs':
      return { condition: { kind: 'hangs', afterMs: 40 * second } };
    case 'dies':
      return { condition: { kind: 'dies', afterMs: 200 * second } };
    case 'slow':
      return { bootMs: { kind: 'lognormal', medianMs: 60 * second, sigma: 0.5 } };
    default:
      return {};
  }
}
