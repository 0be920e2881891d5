import type { ExoscaleErrorCode } from '@exoship/exoscale-api';
import type { Fault } from '@exoship/sandbox';
import type { Rewrite } from './rewriting-fetch.ts';

/** What is called while something goes wrong: a list, or an operation that makes an instance. */
export type FaultAction = 'read' | 'create';

export interface FaultRow {
  readonly name: string;
  readonly action: FaultAction;
  /** Of the sandbox. */
  readonly fault?: Omit<Fault, 'match'> | undefined;
  /** What becomes of the first answer that matches, on its way. */
  readonly rewrite?: Rewrite | undefined;
  /** An instance of that name is there already. */
  readonly isTaken?: true;
  readonly outcome: 'ok' | ExoscaleErrorCode;
}

const always = 99;

function status(
  action: FaultAction,
  code: number,
  outcome: FaultRow['outcome'],
  more: { readonly count?: number; readonly headers?: Record<string, string> } = {},
): FaultRow {
  const often = more.count === always ? ' always' : '';
  const fault = { kind: 'status', status: code, message: 'Injected', ...more } as const;
  return { name: `${action}: ${code}${often}`, action, fault: fault as never, outcome };
}

function transport(
  action: FaultAction,
  fault: 'cut-before' | 'cut-after' | 'cut-body' | 'stall' | 'drip',
  outcome: FaultRow['outcome'],
  count = 1,
): FaultRow {
  const name = `${action}: ${fault}${count === always ? ' always' : ''}`;
  return { name, action, fault: { kind: 'transport', fault, count } as never, outcome };
}

function operation(name: string, effect: object, outcome: FaultRow['outcome']): FaultRow {
  const fault = { kind: 'operation-failure', ...effect };
  return { name: `create: operation ${name}`, action: 'create', fault: fault as never, outcome };
}

function rewritten(
  action: FaultAction,
  name: string,
  rewrite: Rewrite,
  outcome: FaultRow['outcome'],
): FaultRow {
  return { name: `${action}: ${name}`, action, rewrite, outcome };
}

const finals = [
  [400, 'invalid'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not-found'],
  [409, 'conflict'],
  [418, 'invalid'],
  [423, 'conflict'],
  [499, 'invalid'],
  [501, 'server'],
] as const;

const passing = [
  [429, 'rate-limited'],
  [500, 'server'],
  [502, 'server'],
  [503, 'server'],
  [504, 'server'],
] as const;

/** What may go wrong with a call, and what the client's README says becomes of it. */
export const faultRows: readonly FaultRow[] = [
  ...finals.flatMap(([code, outcome]) => [
    status('read', code, outcome),
    status('create', code, outcome),
  ]),
  ...passing.flatMap(([code, outcome]) => [
    status('read', code, 'ok'),
    status('read', code, outcome, { count: always }),
  ]),
  status('create', 429, 'ok', { headers: { 'retry-after': '1' } }),
  status('create', 503, 'ok'),
  transport('read', 'cut-before', 'ok'),
  transport('read', 'cut-after', 'ok'),
  transport('read', 'cut-body', 'ok'),
  transport('read', 'cut-before', 'unreachable', always),
  transport('read', 'stall', 'ok'),
  transport('read', 'stall', 'timed-out', always),
  transport('read', 'drip', 'ok'),
  transport('create', 'cut-before', 'ok'),
  transport('create', 'cut-after', 'ok'),
  transport('create', 'cut-body', 'ok'),
  operation('failure', {}, 'operation-failed'),
  operation('timeout', { state: 'timeout' }, 'operation-failed'),
  operation('failure in words only', { effect: 'full' }, 'operation-failed'),
  operation('pending for ever', { state: 'pending' }, 'timed-out'),
  rewritten(
    'create',
    'operation failed at once',
    { operationState: 'failure' },
    'operation-failed',
  ),
  rewritten(
    'create',
    'operation in an unknown state',
    { operationState: 'odd' },
    'invalid-response',
  ),
  rewritten('read', 'garbage', { body: 'not JSON' }, 'invalid-response'),
  rewritten('read', 'a list that is none', { body: '{"instances":null}' }, 'invalid-response'),
  rewritten('read', 'no body', { body: '' }, 'invalid-response'),
  rewritten('read', 'another shape', { body: '{"instances":[{"id":7}]}' }, 'invalid-response'),
  {
    ...transport('create', 'cut-after', 'conflict'),
    name: 'create: the name is taken, and the answer lost',
    isTaken: true,
  },
];
