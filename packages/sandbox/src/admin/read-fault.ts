import { asObject, type Fields, invalid, need, readFields, type Sent } from '../api/fields.ts';
import type { Fault, FaultEffect, FaultMatch } from '../model/faults.ts';
import type { OperationReason } from '../model/operations.ts';
import { Refusal } from '../model/refusal.ts';

const transportFaults = ['cut-before', 'cut-after', 'cut-body', 'stall', 'drip'] as const;
const states = ['failure', 'timeout', 'pending'] as const;
const effects = ['none', 'full'] as const;
const reasons: readonly OperationReason[] = [
  'incorrect',
  'unknown',
  'unavailable',
  'forbidden',
  'busy',
  'fault',
  'partial',
  'not-found',
  'interrupted',
  'unsupported',
  'conflict',
];

const commonKeys = ['kind', 'match', 'skip', 'count'];
const effectKeys: Readonly<Record<Fault['kind'], readonly string[]>> = {
  status: ['status', 'message', 'headers'],
  transport: ['fault'],
  latency: ['delayMs'],
  'operation-failure': ['state', 'reason', 'message', 'effect'],
  'boot-failure': [],
};
const kinds = Object.keys(effectKeys) as readonly Fault['kind'][];
const matchKeys = ['method', 'pathPattern', 'operation', 'instancePattern'];
const longestDelayMs = 3_600_000;

/** Reads a fault as JSON gives it, in the same words as in code; a refusal names what is wrong. */
export function readFault(source: unknown): Fault {
  const object = asObject(source);
  if (object === undefined) throw new Refusal('invalid', 'A fault is a JSON object');
  const body = readFields(object);
  const kind = body.oneOf('kind', kinds);
  if (kind == null) throw new Refusal('invalid', `kind must be one of ${kinds.join(', ')}`);
  expectKnown(object, [...commonKeys, ...effectKeys[kind]], '');
  const match = readMatch(object.match ?? {});
  if (kind === 'operation-failure' && match.operation === undefined) {
    throw new Refusal('invalid', 'A fault of kind operation-failure needs match.operation');
  }
  return {
    ...readEffect(kind, body),
    match,
    ...sent({ skip: body.integer('skip', 0), count: body.integer('count', 1) }),
  };
}

function readEffect(kind: Fault['kind'], body: Fields): FaultEffect {
  switch (kind) {
    case 'status':
      return {
        kind,
        status: need(body.integer('status', 200, 599), 'status'),
        ...sent({ message: body.text('message'), headers: body.labels('headers') }),
      };
    case 'transport':
      return { kind, fault: need(body.oneOf('fault', transportFaults), 'fault') };
    case 'latency':
      return { kind, delayMs: need(body.integer('delayMs', 0, longestDelayMs), 'delayMs') };
    case 'operation-failure':
      return {
        kind,
        ...sent({
          state: body.oneOf('state', states),
          reason: body.oneOf('reason', reasons),
          message: body.text('message'),
          effect: body.oneOf('effect', effects),
        }),
      };
    case 'boot-failure':
      return { kind };
  }
}

function readMatch(source: unknown): FaultMatch {
  const object = asObject(source);
  if (object === undefined) throw invalid('match');
  expectKnown(object, matchKeys, 'match.');
  const match = readFields(object, 'match.');
  const pathPattern = match.text('pathPattern');
  const instancePattern = match.text('instancePattern');
  for (const [name, pattern] of Object.entries({ pathPattern, instancePattern })) {
    if (pattern != null && !isPattern(pattern)) throw invalid(`match.${name}`);
  }
  const method = match.text('method')?.toUpperCase();
  return sent({ method, pathPattern, operation: match.text('operation'), instancePattern });
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

function expectKnown(source: object, known: readonly string[], prefix: string): void {
  const unknown = Object.keys(source).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const names = known.map((key) => `${prefix}${key}`).join(', ');
  throw new Refusal('invalid', `Unknown: ${prefix}${unknown}; known are ${names}`);
}

/** Only what was sent. */
function sent<T extends Record<string, unknown>>(
  values: T,
): { [Name in keyof T]?: T[Name] extends Sent<infer Value> ? Value : T[Name] } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null)) as never;
}
