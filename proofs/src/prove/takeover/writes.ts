import type { ApiExchange } from '@exoship/sandbox';

/** One change of a pool or of a member that the API has accepted. */
export interface Write {
  readonly at: Date;
  readonly key: string;
  readonly what: 'settle' | 'begin' | 'scale' | 'evict' | 'stop';
  /** Whom the labels that it writes call the owner; absent when it writes no labels, or gives the lease up. */
  readonly owner: string | undefined;
}

/** Who has changed what, in the order in which the API has accepted it. */
export interface WriteBook {
  readonly note: (exchange: ApiExchange) => void;
  /** Of one pool and whoever was ever its member, since a moment, but for the harness's own key. */
  of(poolId: string, members: ReadonlySet<string>, since: Date): readonly Write[];
}

export function openWriteBook(harnessKey: () => string): WriteBook {
  const writes: (Write & { readonly target: string })[] = [];
  return {
    note: ({ request, response }) => {
      const write = request.method === 'PUT' && response.status < 300 ? read(request) : undefined;
      if (write !== undefined) writes.push(write);
    },
    of: (poolId, members, since) =>
      writes.filter(
        ({ target, at, key }) =>
          at >= since && key !== harnessKey() && (target === poolId || members.has(target)),
      ),
  };
}

function read(request: ApiExchange['request']): (Write & { readonly target: string }) | undefined {
  const [, kind, target = '', verb] =
    /\/(instance-pool|instance)\/([\w-]+)(?::(\w+))?$/.exec(request.path) ?? [];
  const key = /credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'nobody';
  const common = { at: new Date(), key, target };
  if (kind === 'instance') {
    return verb === 'stop' ? { ...common, what: 'stop', owner: undefined } : undefined;
  }
  if (kind !== 'instance-pool') return undefined;
  if (verb === 'scale' || verb === 'evict') return { ...common, what: verb, owner: undefined };
  const body = JSON.parse(Buffer.from(request.body).toString('utf8')) as {
    readonly template?: object;
    readonly labels?: Readonly<Record<string, string>>;
  };
  return {
    ...common,
    what: body.template === undefined ? 'settle' : 'begin',
    owner: body.labels?.['exoship-owner'],
  };
}

/**
 * Never two writers: whoever changes the pool first writes labels that name it the owner (or a note, which is all that
 * it writes), and whoever wrote before it writes no more.
 */
export function twoWriters(writes: readonly Write[]): readonly string[] {
  const violations: string[] = [];
  const past = new Set<string>();
  let current: string | undefined;
  for (const { key, what } of writes) {
    if (key === current) continue;
    if (past.has(key)) {
      violations.push(`two writers: ${short(key)} did ${what} after ${short(current)} had written`);
    }
    if (what !== 'settle' && what !== 'begin') {
      violations.push(`${short(key)} did ${what} before it had taken the lease`);
    }
    if (current !== undefined) past.add(current);
    current = key;
  }
  return violations;
}

/** How long a call may be under way that was decided on before somebody took the lease by force. */
const UNDER_WAY_MS = 1_000;

/**
 * What force may cost: who lost the lease ends the one call that it was about to make, and notices before the next. It
 * never writes labels again: that would take the lease back.
 */
export function lateWrites(writes: readonly Write[]): readonly string[] {
  const first = writes[0]?.key;
  const takenAt = writes.find(({ key }) => key !== first)?.at;
  if (takenAt === undefined) return [];
  const late = writes.filter(({ key, at }) => key === first && at > takenAt);
  return late
    .filter(
      ({ at, what }) =>
        what === 'begin' || what === 'settle' || at.getTime() > takenAt.getTime() + UNDER_WAY_MS,
    )
    .map(
      ({ at, what }) => `${what} ${at.getTime() - takenAt.getTime()} ms after the lease was lost`,
    );
}

function short(key = 'nobody'): string {
  return key.slice(0, 8);
}
