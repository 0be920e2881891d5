/** A member as a controller saw it. */
export interface MemberSeen {
  readonly id: string;
  readonly name: string;
  readonly template: string;
  readonly state: string;
  readonly verdict: string;
  readonly isProven: boolean;
  readonly isDrained: boolean;
}

type Body =
  | {
      readonly type: 'rollout-start';
      readonly from: string;
      readonly to: string;
      readonly size: number;
      readonly strategy: string;
    }
  | {
      readonly type: 'pool-observed';
      readonly size: number;
      readonly serving: number;
      readonly floor: number;
      readonly members: readonly MemberSeen[];
    }
  | { readonly type: 'decision-made'; readonly action: string; readonly reason: string }
  | { readonly type: 'mutation-start'; readonly call: string }
  | {
      readonly type: 'mutation-end';
      readonly call: string;
      readonly durationMs: number;
      readonly error?: string | undefined;
    }
  | {
      readonly type: 'probe-passed' | 'probe-failed';
      readonly member: string;
      readonly detail: string;
    }
  | { readonly type: 'warning-raised'; readonly message: string }
  | {
      readonly type: 'rollout-end';
      readonly outcome: string;
      readonly reason: string;
      readonly wallMs: number;
    };

/** The part of a rollout's events that a report shows; events of other types are passed over. */
export type RolloutEvent = Body & { readonly at: Date; readonly rolloutId: string };

const SHOWN: ReadonlySet<string> = new Set<Body['type']>([
  'rollout-start',
  'pool-observed',
  'decision-made',
  'mutation-start',
  'mutation-end',
  'probe-passed',
  'probe-failed',
  'warning-raised',
  'rollout-end',
]);
const SCHEMA = 1;

/**
 * Reads a file of events, one JSON object a line, as a controller appends them.
 *
 * @throws TypeError when there is no text; SyntaxError naming the line that is not such an event; RangeError for another schema version.
 */
export function parseRolloutEvents(text: string): readonly RolloutEvent[] {
  if (typeof text !== 'string')
    throw new TypeError('The events must be text, one JSON object a line');
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const event = parseLine(line, index + 1);
    return SHOWN.has(event.type) ? [event] : [];
  });
}

function parseLine(line: string, number: number): RolloutEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new SyntaxError(`Line ${number} is not JSON`);
  }
  const event = (value ?? {}) as { type?: unknown; at?: unknown; schema?: unknown };
  const at = new Date(String(event.at));
  if (typeof event.type !== 'string' || Number.isNaN(at.getTime())) {
    throw new SyntaxError(`Line ${number} is no event: it lacks a type or a moment`);
  }
  if (event.schema !== SCHEMA) {
    throw new RangeError(`Line ${number} has schema ${String(event.schema)}: this reads ${SCHEMA}`);
  }
  return { ...event, at } as RolloutEvent;
}
