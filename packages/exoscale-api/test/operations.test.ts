import { describe, expect, it } from 'vitest';
import { startApi } from './loopback-api.ts';
import { failureOf, makeExoscale } from './make-exoscale.ts';
import { createManualClock } from './manual-clock.ts';

const pending = { body: { id: 'op-1', state: 'pending' } };
const success = { body: { id: 'op-1', state: 'success' } };
const failure = {
  body: { id: 'op-1', state: 'failure', reason: 'conflict', message: 'Instance is locked' },
};

function script(first: object, ...polls: (object | 'cut')[]): Parameters<typeof startApi>[0] {
  return { 'PUT /instance-pool/p:scale': first, 'GET /operation/op-1': polls as never };
}

describe('a mutation', () => {
  it('resolves at once when its first answer is a success', async () => {
    await using api = await startApi(script(success));
    await makeExoscale(api).pools.scale('p', 3);
    expect(api.calls).toEqual(['PUT /instance-pool/p:scale']);
  });

  it('rejects when its first answer is already a failure', async () => {
    await using api = await startApi(script(failure));
    await expect(makeExoscale(api).pools.scale('p', 3)).rejects.toMatchObject({
      code: 'operation-failed',
      reason: 'conflict',
      operationId: 'op-1',
      call: 'PUT /instance-pool/{id}:scale',
      message: expect.stringContaining('Instance is locked'),
    });
  });

  it('rejects an immediate failure even when it waits for acceptance only', async () => {
    await using api = await startApi({ 'DELETE /instance/i': failure });
    const deletion = makeExoscale(api).instances.delete('i', { until: 'accepted' });
    await expect(deletion).rejects.toMatchObject({ code: 'operation-failed' });
  });

  it('does not wait for the end when acceptance is enough', async () => {
    await using api = await startApi({ 'DELETE /instance/i': pending });
    await makeExoscale(api).instances.delete('i', { until: 'accepted' });
    expect(api.calls).toEqual(['DELETE /instance/i']);
  });

  it('polls fast at first and never slower than every three seconds', async () => {
    await using api = await startApi(script(pending, ...Array<object>(9).fill(pending), success));
    const clock = createManualClock();
    await makeExoscale(api, { clock }).pools.scale('p', 3);
    expect(clock.slept[0]).toBe(250);
    expect(clock.slept).toEqual(clock.slept.toSorted((a, b) => a - b));
    expect(Math.max(...clock.slept)).toBe(3_000);
  });

  it.each(['failure', 'timeout'])('rejects an operation that ends as %s later', async (state) => {
    await using api = await startApi(script(pending, pending, { body: { id: 'op-1', state } }));
    await expect(makeExoscale(api).pools.scale('p', 3)).rejects.toMatchObject({
      code: 'operation-failed',
    });
  });

  it('gives up an operation that stays pending, and names it', async () => {
    await using api = await startApi(script(pending, pending));
    const clock = createManualClock();
    const scaling = makeExoscale(api, { clock }).pools.scale('p', 3, { deadlineMs: 10_000 });
    await expect(scaling).rejects.toMatchObject({ code: 'timed-out', operationId: 'op-1' });
    expect(clock.monotonicMs()).toBe(10_000);
  });

  it.each([
    [{ body: { id: 'op-1', state: 'weird' } }, 'unknown operation state "weird"'],
    [{ body: {} }, '"state" is not present'],
    [{ body: { state: 'pending' } }, '"id" is not present'],
    [{ body: '' }, 'an empty body'],
    [{ status: 204, body: '' }, 'an empty body'],
  ])('never takes %j for success', async (answer, why) => {
    await using api = await startApi(script(answer));
    await expect(makeExoscale(api).pools.scale('p', 3)).rejects.toMatchObject({
      code: 'invalid-response',
      message: expect.stringContaining(why),
    });
  });

  it.each([{ status: 404 }, { status: 503 }, { status: 429 }, 'cut' as const])(
    'puts up with five polls in a row that answer %j',
    async (bad) => {
      await using api = await startApi(script(pending, ...Array<typeof bad>(5).fill(bad), success));
      await makeExoscale(api).pools.scale('p', 3);
    },
  );

  it('gives up at the sixth', async () => {
    await using api = await startApi(script(pending, { status: 503 }));
    await expect(makeExoscale(api).pools.scale('p', 3)).rejects.toMatchObject({
      code: 'server',
      operationId: 'op-1',
      call: 'PUT /instance-pool/{id}:scale',
    });
    expect(api.calls.filter((call) => call.startsWith('GET'))).toHaveLength(6);
  });

  it('never takes an operation that is not found for a deletion that is done', async () => {
    await using api = await startApi({ 'DELETE /instance/i': pending });
    await expect(makeExoscale(api).instances.delete('i')).rejects.toMatchObject({
      code: 'invalid-response',
      status: 404,
      operationId: 'op-1',
    });
  });

  it('stops polling when it is cancelled, with the caller’s reason untouched', async () => {
    const controller = new AbortController();
    const reason = new TypeError('enough');
    await using api = await startApi({
      ...script(pending),
      'GET /operation/op-1': () => {
        controller.abort(reason);
        return pending;
      },
    });
    const scaling = makeExoscale(api).pools.scale('p', 3, { signal: controller.signal });
    expect(await failureOf(scaling)).toBe(reason);
  });
});
