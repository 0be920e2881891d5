import { expect, test } from 'vitest';
import { createFaults, type Fault } from '../../src/model/faults.ts';

const scale = {
  method: 'PUT',
  path: '/instance-pool/abc:scale',
  operation: 'scale-instance-pool',
};

function hits(fault: Omit<Extract<Fault, { kind: 'status' }>, 'kind' | 'status'>, calls: number) {
  const faults = createFaults([{ ...fault, kind: 'status', status: 503 }]);
  return Array.from({ length: calls }, () => faults.takeCall(scale) !== undefined);
}

test('takeCall() hits the first matching call and is spent', () => {
  expect(hits({ match: { operation: 'scale-instance-pool' } }, 3)).toEqual([true, false, false]);
});

test('takeCall() lets calls go well first and then hits several', () => {
  const match = { method: 'PUT' };
  expect(hits({ match, skip: 1, count: 2 }, 4)).toEqual([false, true, true, false]);
});

test.each([
  { method: 'GET' },
  { operation: 'evict-instance-pool-members' },
  { pathPattern: '^/instance-pool$' },
  { method: 'PUT', pathPattern: ':evict$' },
])('takeCall() spares a call that does not match %o', (match) => {
  expect(hits({ match }, 1)).toEqual([false]);
});

test('takeCall() matches by path', () => {
  expect(hits({ match: { pathPattern: '^/instance-pool/[^/]+:scale$' } }, 1)).toEqual([true]);
});

test('takeOperation() leaves faults of calls alone, and the other way round', () => {
  const match = { operation: 'scale-instance-pool' };
  const faults = createFaults([
    { kind: 'status', status: 500, match },
    { kind: 'operation-failure', match },
  ]);
  expect(faults.takeOperation('scale-instance-pool')?.kind).toBe('operation-failure');
  expect(faults.takeOperation('scale-instance-pool')).toBeUndefined();
  expect(faults.takeCall(scale)?.kind).toBe('status');
});

test('add() gives back a way to remove the fault', () => {
  const faults = createFaults([]);
  const remove = faults.add({ kind: 'status', status: 500, match: {} });
  remove();
  expect(faults.takeCall(scale)).toBeUndefined();
});

test('add() refuses a failing operation that is not named', () => {
  const faults = createFaults([]);
  expect(() => faults.add({ kind: 'operation-failure', match: { method: 'PUT' } })).toThrow(
    TypeError,
  );
});
