import { describe, expect, test } from 'vitest';
import { drawMoment } from '../src/prove/takeover/moment.ts';
import { parseTakeoverOptions } from '../src/prove/takeover/options.ts';
import { lateWrites, openWriteBook, twoWriters, type Write } from '../src/prove/takeover/writes.ts';

const write = (key: string, what: Write['what'], atMs = 0): Write => ({
  at: new Date(atMs),
  key,
  what,
  owner: key,
});

describe('twoWriters()', () => {
  test('finds nothing when one takes over from the other', () => {
    const writes = [
      write('a', 'begin'),
      write('a', 'scale'),
      write('b', 'settle'),
      write('b', 'evict'),
    ];
    expect(twoWriters(writes)).toEqual([]);
  });

  test('finds who writes on after somebody has taken over', () => {
    const writes = [write('a', 'begin'), write('b', 'settle'), write('a', 'scale')];
    expect(twoWriters(writes)).toEqual([
      'two writers: a did scale after b had written',
      'a did scale before it had taken the lease',
    ]);
  });

  test('finds who changes the pool without a lease', () => {
    expect(twoWriters([write('a', 'begin'), write('b', 'evict')])).toEqual([
      'b did evict before it had taken the lease',
    ]);
  });
});

test('lateWrites() allows the call that was about to be made, and nothing later, and no labels', () => {
  const taken = [write('a', 'begin', 0), write('b', 'settle', 1_000)];
  expect(lateWrites([...taken, write('a', 'scale', 1_500)])).toEqual([]);
  expect(lateWrites([...taken, write('a', 'evict', 2_500)])).toEqual([
    'evict 1500 ms after the lease was lost',
  ]);
  expect(lateWrites([...taken, write('a', 'settle', 1_100)])).toEqual([
    'settle 100 ms after the lease was lost',
  ]);
});

test('openWriteBook() notes what the API accepted, for the pool and its members, but for the harness', () => {
  const book = openWriteBook(() => 'EXOadmin');
  const put = (path: string, key: string, body: object, status = 200): void =>
    book.note({
      request: {
        method: 'PUT',
        path,
        query: '',
        headers: { authorization: `EXO2-HMAC-SHA256 credential=${key},expires=1,signature=x` },
        body: Buffer.from(JSON.stringify(body)),
      },
      response: { status, headers: {}, body: '' },
    });
  const labels = { 'exoship-owner': 'job-1/x' };
  put('/v2/instance-pool/p1', 'EXO1', { template: { id: 't' }, labels });
  put('/v2/instance-pool/p1:scale', 'EXO1', { size: 6 });
  put('/v2/instance-pool/p1:evict', 'EXO1', { instances: [] }, 409);
  put('/v2/instance/m1:stop', 'EXO1', {});
  put('/v2/instance/other:stop', 'EXO1', {});
  put('/v2/instance-pool/p1', 'EXOadmin', { labels });
  const writes = book.of('p1', new Set(['m1']), new Date(0));
  expect(writes.map(({ key, what, owner }) => [key, what, owner])).toEqual([
    ['EXO1', 'begin', 'job-1/x'],
    ['EXO1', 'scale', undefined],
    ['EXO1', 'stop', undefined],
  ]);
});

test('drawMoment() spreads the moments over the rollout, the same for the same seed', () => {
  const moments = [...Array(14).keys()].map((index) => drawMoment(7, index, 14));
  expect(moments.map(({ operation }) => operation)).toEqual([...Array(14).keys()]);
  expect(drawMoment(7, 3, 14)).toEqual(moments[3]);
  expect(moments.map(({ delayMs }) => delayMs)).not.toEqual(
    [...Array(14).keys()].map((index) => drawMoment(8, index, 14).delayMs),
  );
});

test('parseTakeoverOptions() names the option that is wrong', () => {
  expect(parseTakeoverOptions(['--runs', '3'], 9)).toMatchObject({ seed: 9, runs: 3 });
  expect(() => parseTakeoverOptions(['--part', 'x'], 1)).toThrow('--part takes killed');
  expect(() => parseTakeoverOptions(['--pools', '0'], 1)).toThrow('--pools takes a whole number');
});
