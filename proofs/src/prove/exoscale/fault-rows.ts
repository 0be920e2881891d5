import type { ExoscaleErrorCode } from '@exoship/exoscale-api';
import type { FaultEffect } from '@exoship/sandbox';
import type { Rewrite } from './rewriting-fetch.ts';

/** What is called while something goes wrong: a list, an operation that makes an instance, or a key that is made. */
export type FaultAction = 'read' | 'create' | 'mint';

export interface FaultRow {
  readonly name: string;
  readonly action: FaultAction;
  /** Of the sandbox. */
  readonly fault?: (FaultEffect & { readonly count?: number }) | undefined;
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
  return { name: `${action}: ${code}${often}`, action, fault, outcome };
}

function transport(
  action: FaultAction,
  fault: 'cut-before' | 'cut-after' | 'cut-body' | 'stall' | 'drip',
  outcome: FaultRow['outcome'],
  count = 1,
): FaultRow {
  const name = `${action}: ${fault}${count === always ? ' always' : ''}`;
  return { name, action, fault: { kind: 'transport', fault, count }, outcome };
}

/** Attempts of the client wait for a second. */
function late(action: FaultAction, delayMs: number, outcome: FaultRow['outcome']): FaultRow {
  return {
    name: `${action}: ${delayMs} ms late`,
    action,
    fault: { kind: 'latency', delayMs },
    outcome,
  };
}

function operation(
  name: string,
  effect: Omit<Extract<FaultEffect, { kind: 'operation-failure' }>, 'kind'>,
  outcome: FaultRow['outcome'],
): FaultRow {
  const fault = { kind: 'operation-failure', ...effect } as const;
  return { name: `create: operation ${name}`, action: 'create', fault, outcome };
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
  transport('create', 'cut-before', 'unreachable', always),
  transport('create', 'stall', 'ok'),
  transport('create', 'drip', 'ok'),
  late('read', 500, 'ok'),
  late('read', 1_500, 'ok'),
  late('create', 500, 'ok'),
  late('create', 1_500, 'timed-out'),
  transport('mint', 'cut-after', 'ok'),
  transport('mint', 'cut-body', 'ok'),
  transport('mint', 'stall', 'timed-out'),
  transport('mint', 'cut-after', 'unreachable', always),
  status('mint', 500, 'ok'),
  status('mint', 403, 'forbidden'),
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
  rewritten('create', 'garbage', { body: '<html>' }, 'invalid-response'),
  rewritten('mint', 'garbage', { body: '<html>' }, 'invalid-response'),
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
