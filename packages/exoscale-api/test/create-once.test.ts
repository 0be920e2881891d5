import { describe, expect, it } from 'vitest';
import { type Answer, refusingEndpoint, startApi } from './loopback-api.ts';
import { makeExoscale } from './make-exoscale.ts';

const request = { name: 'smoke-7', templateId: 't', instanceTypeId: 'y', diskSizeGib: 10 };

/** An API in which the n-th POST has its effect or not, and answers `answers[n]`. */
async function startCloud(
  plan: readonly { readonly created: boolean; readonly answer: Answer }[],
): Promise<{
  api: Awaited<ReturnType<typeof startApi>>;
  created: () => number;
}> {
  const instances: object[] = [];
  const posts = plan.map(({ created, answer }) => () => {
    if (created) {
      instances.push({
        id: `i-${instances.length + 1}`,
        name: 'smoke-7',
        state: 'running',
        template: { id: 't' },
      });
    }
    return answer;
  });
  const api = await startApi({
    'POST /instance': posts,
    'GET /instance': () => ({ body: { instances } }),
  });
  return { api, created: () => instances.length };
}

const done = { body: { id: 'op', state: 'success', reference: { id: 'i-1' } } };

describe('createOnce()', () => {
  it.each<[string, Answer]>([
    ['a 500', { status: 500 }],
    ['a 504', { status: 504 }],
    ['a 429', { status: 429 }],
    ['a cut', 'cut'],
    ['a cut body', 'cut-body'],
    ['a stall', 'stall'],
  ])('adopts what was created before %s, and never creates a second', async (_, answer) => {
    const { api, created } = await startCloud([{ created: true, answer }]);
    await using _api = api;
    const exoscale = makeExoscale(api, { requestTimeoutMs: answer === 'stall' ? 50 : 5_000 });
    expect(await exoscale.instances.create(request)).toEqual({ id: 'i-1' });
    expect(created()).toBe(1);
  });

  it.each<[string, Answer]>([
    ['a 500', { status: 500 }],
    ['a 429', { status: 429 }],
    ['a cut', 'cut'],
  ])('creates again when nothing is there after %s', async (_, answer) => {
    const { api, created } = await startCloud([
      { created: false, answer },
      { created: true, answer: done },
    ]);
    await using _api = api;
    expect(await makeExoscale(api).instances.create(request)).toEqual({ id: 'i-1' });
    expect(created()).toBe(1);
    expect(api.calls.filter((call) => call === 'GET /instance')).toHaveLength(3);
  });

  it('does not create again after a timeout: the first may still be under way', async () => {
    const { api } = await startCloud([{ created: false, answer: 'stall' }]);
    await using _api = api;
    const exoscale = makeExoscale(api, { requestTimeoutMs: 50 });
    await expect(exoscale.instances.create(request)).rejects.toMatchObject({
      code: 'timed-out',
      retryable: false,
    });
    expect(api.calls.filter((call) => call.startsWith('POST'))).toHaveLength(1);
  });

  it('gives up after three attempts', async () => {
    const { api } = await startCloud([{ created: false, answer: { status: 500 } }]);
    await using _api = api;
    await expect(makeExoscale(api).instances.create(request)).rejects.toMatchObject({
      code: 'server',
    });
    expect(api.calls.filter((call) => call.startsWith('POST'))).toHaveLength(3);
  });

  it.each([400, 401, 403, 409, 501])('takes a %i for an answer', async (status) => {
    const { api } = await startCloud([{ created: false, answer: { status } }]);
    await using _api = api;
    await expect(makeExoscale(api).instances.create(request)).rejects.toMatchObject({ status });
    expect(api.calls).toEqual(['POST /instance']);
  });

  it('refuses to choose when two have the name', async () => {
    const instances = ['a', 'b'].map((id) => ({
      id,
      name: 'smoke-7',
      state: 'running',
      template: { id: 't' },
    }));
    await using api = await startApi({
      'POST /instance': 'cut',
      'GET /instance': { body: { instances } },
    });
    await expect(makeExoscale(api).instances.create(request)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('(a, b)'),
    });
  });

  it('adopts nothing that was booted from another template or is being deleted', async () => {
    const other = { id: 'o', name: 'smoke-7', state: 'running', template: { id: 'else' } };
    const leaving = { id: 'l', name: 'smoke-7', state: 'destroying', template: { id: 't' } };
    await using api = await startApi({
      'POST /instance': ['cut', { body: { id: 'op', state: 'success', reference: { id: 'new' } } }],
      'GET /instance': { body: { instances: [other, leaving] } },
    });
    expect(await makeExoscale(api).instances.create(request)).toEqual({ id: 'new' });
  });

  it('waits until what it adopted has started, or rejects when that fails', async () => {
    const at = (state: string): Answer => ({
      body: { instances: [{ id: 'i', name: 'smoke-7', state, template: { id: 't' } }] },
    });
    await using slow = await startApi({
      'POST /instance': 'cut',
      'GET /instance': [at('starting'), at('starting'), at('running')],
    });
    expect(await makeExoscale(slow).instances.create(request)).toEqual({ id: 'i' });
    await using broken = await startApi({
      'POST /instance': 'cut',
      'GET /instance': [at('starting'), at('error')],
    });
    await expect(makeExoscale(broken).instances.create(request)).rejects.toMatchObject({
      code: 'operation-failed',
    });
  });

  it('looks nothing up when nothing was sent', async () => {
    const zones = [{ name: 'ch-gva-2', 'api-endpoint': await refusingEndpoint() }];
    await using api = await startApi({ 'GET /zone': { body: { zones } } });
    await expect(makeExoscale(api).instances.create(request)).rejects.toMatchObject({
      call: 'POST /instance',
      sent: false,
    });
  });

  it('tells of the create, not of the look-up, when neither works', async () => {
    await using api = await startApi({
      'POST /instance': 'cut',
      'GET /instance': { status: 403 },
    });
    await expect(makeExoscale(api).instances.create(request)).rejects.toMatchObject({
      code: 'unreachable',
      call: 'POST /instance',
      retryable: false,
    });
  });

  it('rejects a success that does not say what was created', async () => {
    await using api = await startApi({
      'POST /instance': { body: { id: 'op', state: 'success' } },
    });
    await expect(makeExoscale(api).instances.create(request)).rejects.toMatchObject({
      code: 'invalid-response',
      message: expect.stringContaining('reference.id'),
    });
  });
});
