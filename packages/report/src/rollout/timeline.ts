import type { MemberSeen, RolloutEvent } from './rollout-event.ts';

/** What a member was to the rollout, from the moment it was seen so until the next. */
export type Stage = 'starting' | 'testing' | 'serving' | 'draining' | 'leaving' | 'failed';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stage: Stage;
}

/** The life of one member, as far as this rollout saw it. */
export interface Lane {
  readonly id: string;
  readonly name: string;
  readonly template: string;
  readonly spans: readonly Span[];
  readonly probes: readonly {
    readonly atMs: number;
    readonly passed: boolean;
    readonly detail: string;
  }[];
}

export interface Count {
  readonly atMs: number;
  readonly serving: number;
  readonly total: number;
  readonly floor: number;
}

/** Everything that the report draws; moments count from the first event. */
export interface Timeline {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly from: string;
  readonly to: string;
  readonly strategy: string;
  /** Members wanted. */
  readonly size: number;
  readonly lanes: readonly Lane[];
  readonly counts: readonly Count[];
  readonly calls: readonly {
    readonly atMs: number;
    readonly durationMs: number;
    readonly call: string;
    readonly error: string | undefined;
  }[];
  readonly decisions: readonly {
    readonly atMs: number;
    readonly action: string;
    readonly reason: string;
  }[];
  readonly warnings: readonly { readonly atMs: number; readonly message: string }[];
  readonly end: { readonly outcome: string; readonly reason: string } | undefined;
}

/**
 * The rollout that was started last; with all its controllers, when it was resumed.
 *
 * @throws RangeError when there is no `rollout-start` among the events.
 */
export function timelineOf(all: readonly RolloutEvent[]): Timeline {
  const start = only(all, 'rollout-start').at(-1);
  const events = all.filter(({ rolloutId }) => rolloutId === start?.rolloutId);
  const first = events[0];
  const last = events.at(-1);
  if (start === undefined || first === undefined || last === undefined) {
    throw new RangeError('Cannot draw a rollout without its "rollout-start" event');
  }
  const since = (at: Date): number => at.getTime() - first.at.getTime();
  const observed = only(events, 'pool-observed').map((event) => ({
    ...event,
    atMs: since(event.at),
  }));
  const durationMs = Math.max(1, since(last.at));
  const probes = [...only(events, 'probe-passed'), ...only(events, 'probe-failed')];
  const end = only(events, 'rollout-end').at(-1);
  return {
    startedAt: first.at,
    durationMs,
    from: start.from,
    to: start.to,
    strategy: start.strategy,
    size: start.size,
    lanes: lanesOf(observed, { durationMs, to: start.to }).map((lane) => ({
      ...lane,
      probes: probes
        .filter(({ member }) => member === lane.id)
        .map(({ at, type, detail }) => ({
          atMs: since(at),
          passed: type === 'probe-passed',
          detail,
        })),
    })),
    counts: observed.map(({ atMs, serving, floor, members }) => ({
      atMs,
      serving,
      floor,
      total: members.length,
    })),
    calls: only(events, 'mutation-end').map(({ at, call, durationMs: tookMs, error }) => ({
      atMs: since(at) - tookMs,
      durationMs: tookMs,
      call,
      error,
    })),
    decisions: only(events, 'decision-made').map(({ at, action, reason }) => ({
      atMs: since(at),
      action,
      reason,
    })),
    warnings: only(events, 'warning-raised').map(({ at, message }) => ({
      atMs: since(at),
      message,
    })),
    end: end && { outcome: end.outcome, reason: end.reason },
  };
}

function only<Type extends RolloutEvent['type']>(
  events: readonly RolloutEvent[],
  type: Type,
): readonly Extract<RolloutEvent, { readonly type: Type }>[] {
  return events.filter(
    (event): event is Extract<RolloutEvent, { readonly type: Type }> => event.type === type,
  );
}

interface Look {
  readonly atMs: number;
  readonly members: readonly MemberSeen[];
}

/** Between two looks nothing was seen, so what was seen last is taken to hold. */
function lanesOf(
  looks: readonly Look[],
  { durationMs, to }: { readonly durationMs: number; readonly to: string },
): readonly Omit<Lane, 'probes'>[] {
  const lanes = new Map<string, { seen: MemberSeen; spans: Span[] }>();
  for (const [index, { atMs, members }] of looks.entries()) {
    const toMs = looks[index + 1]?.atMs ?? durationMs;
    for (const seen of members) {
      const lane = lanes.get(seen.id) ?? { seen, spans: [] };
      lanes.set(seen.id, lane);
      extend(lane.spans, { fromMs: atMs, toMs, stage: stageOf(seen, to) });
    }
  }
  return [...lanes.values()].map(({ seen: { id, name, template }, spans }) => ({
    id,
    name,
    template,
    spans,
  }));
}

function extend(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last?.stage === span.stage && last.toMs === span.fromMs) {
    spans[spans.length - 1] = { ...last, toMs: span.toMs };
  } else spans.push(span);
}

/** An old member serves as long as its balancer says so; a new one has to be proved first. */
function stageOf({ state, template, isProven, isDrained, verdict }: MemberSeen, to: string): Stage {
  if (state === 'leaving') return 'leaving';
  if (state === 'failed') return 'failed';
  if (isDrained || state === 'stopping' || state === 'stopped') return 'draining';
  if (state === 'starting') return 'starting';
  if (verdict === 'unhealthy') return 'testing';
  return isProven || template !== to ? 'serving' : 'testing';
}
