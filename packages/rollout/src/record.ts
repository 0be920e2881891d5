import type { Annotations } from './pool.ts';

/** `approved`: rolling, with the canary approved. */
export type Phase = 'rolling' | 'approved' | 'rolling-back';

/** What cannot be recomputed from the members, and nothing else. */
export interface RolloutRecord {
  readonly id: string;
  /** Template to go back to. */
  readonly from: string;
  readonly to: string;
  /** Members wanted, without surge. */
  readonly size: number;
  readonly phase: Phase;
  /** Why no controller works on it although nobody crashed. */
  readonly hold?: 'paused' | 'approval' | undefined;
  /** Who may write; absent when the lease was given back. */
  readonly owner?: string | undefined;
  readonly until?: Date | undefined;
  /** The pool's size when the lease was given back: a different one later is somebody else's doing. */
  readonly settledSize?: number | undefined;
}

export interface LastRollout {
  readonly outcome: 'completed' | 'rolled-back';
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly endedAt: Date;
}

export interface Ledger {
  readonly active: RolloutRecord | undefined;
  readonly last: LastRollout | undefined;
  /** `exoship-*` annotations that are not a rollout's; kept as they are. */
  readonly rest: Annotations;
}

export type DecodedLedger =
  | ({ readonly kind: 'readable' } & Ledger)
  | { readonly kind: 'unreadable'; readonly why: string };

const SCHEMA = '1';
const KEYS = {
  schema: 'exoship-schema',
  id: 'exoship-rollout',
  from: 'exoship-from',
  to: 'exoship-to',
  size: 'exoship-size',
  phase: 'exoship-phase',
  hold: 'exoship-hold',
  owner: 'exoship-owner',
  until: 'exoship-until',
  settledSize: 'exoship-settled-size',
  last: 'exoship-last',
} as const;
const OURS: ReadonlySet<string> = new Set(Object.values(KEYS));

export function goalOf(record: RolloutRecord): string {
  return record.phase === 'rolling-back' ? record.from : record.to;
}

export function encodeLedger({ active, last, rest }: Ledger): Annotations {
  return {
    ...rest,
    [KEYS.schema]: SCHEMA,
    ...(active === undefined ? {} : encodeRecord(active)),
    ...(last === undefined ? {} : { [KEYS.last]: encodeLast(last) }),
  };
}

function encodeRecord(record: RolloutRecord): Annotations {
  return {
    [KEYS.id]: record.id,
    [KEYS.from]: record.from,
    [KEYS.to]: record.to,
    [KEYS.size]: String(record.size),
    [KEYS.phase]: record.phase,
    ...(record.hold === undefined ? {} : { [KEYS.hold]: record.hold }),
    ...(record.owner === undefined ? {} : { [KEYS.owner]: record.owner }),
    ...(record.until === undefined ? {} : { [KEYS.until]: record.until.toISOString() }),
    ...(record.settledSize === undefined ? {} : { [KEYS.settledSize]: String(record.settledSize) }),
  };
}

export function decodeLedger(annotations: Annotations): DecodedLedger {
  const schema = annotations[KEYS.schema];
  const rest = Object.fromEntries(Object.entries(annotations).filter(([key]) => !OURS.has(key)));
  if (schema === undefined && annotations[KEYS.id] === undefined) {
    return { kind: 'readable', active: undefined, last: undefined, rest };
  }
  if (schema !== SCHEMA) {
    return {
      kind: 'unreadable',
      why: `"${KEYS.schema}" is "${schema ?? ''}", this version reads "${SCHEMA}"`,
    };
  }
  const last = decodeLast(annotations[KEYS.last]);
  if (annotations[KEYS.id] === undefined)
    return { kind: 'readable', active: undefined, last, rest };
  const active = decodeRecord(annotations);
  return typeof active === 'string'
    ? { kind: 'unreadable', why: `"${active}" is "${annotations[active] ?? ''}"` }
    : { kind: 'readable', active, last, rest };
}

/** The record, or the key that does not make sense. */
function decodeRecord(annotations: Annotations): RolloutRecord | string {
  const { [KEYS.id]: id, [KEYS.from]: from, [KEYS.to]: to, [KEYS.owner]: owner } = annotations;
  if (!id) return KEYS.id;
  if (!from) return KEYS.from;
  if (!to) return KEYS.to;
  const size = decodeCount(annotations[KEYS.size]);
  if (size === undefined) return KEYS.size;
  const phase = annotations[KEYS.phase];
  if (phase !== 'rolling' && phase !== 'approved' && phase !== 'rolling-back') return KEYS.phase;
  const hold = annotations[KEYS.hold];
  if (hold !== undefined && hold !== 'paused' && hold !== 'approval') return KEYS.hold;
  const until = decodeDate(annotations[KEYS.until]);
  // An owner without an end would lock the pool for ever.
  if (owner !== undefined && until === undefined) return KEYS.until;
  const common = { id, from, to, size, phase, owner, until } as const;
  // Whoever owns it neither waits nor has settled: a pool that was slow to drop a key may still say so.
  if (owner !== undefined) return { ...common, hold: undefined, settledSize: undefined };
  return { ...common, hold, settledSize: decodeCount(annotations[KEYS.settledSize]) };
}

function decodeCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function decodeDate(text: string | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function encodeLast({ outcome, id, from, to, endedAt }: LastRollout): string {
  return [outcome, id, from, to, endedAt.toISOString()].map(encodeURIComponent).join(' ');
}

/** History is a courtesy: what cannot be read is as good as none. */
function decodeLast(text: string | undefined): LastRollout | undefined {
  const [outcome, id, from, to, ended] = text?.split(' ').map(decodeWord) ?? [];
  const endedAt = decodeDate(ended);
  if (outcome !== 'completed' && outcome !== 'rolled-back') return undefined;
  return id && from && to && endedAt ? { outcome, id, from, to, endedAt } : undefined;
}

function decodeWord(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return '';
  }
}
