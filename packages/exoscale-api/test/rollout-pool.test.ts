import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ExoscaleError, type ExoscaleErrorCode } from '../src/exoscale-error.ts';
import { faultOf } from '../src/rollout-pool/faults.ts';
import { createRolloutPool, type Member, type RolloutPool } from '../src/rollout-pool.ts';
import { type Answer, startApi } from './loopback-api.ts';
import { failureOf, makeExoscale } from './make-exoscale.ts';
import { createManualClock } from './manual-clock.ts';

const pool = {
  id: 'p',
  name: 'web',
  size: 2,
  state: 'running',
  template: { id: 't1' },
  'security-groups': [{ id: 's' }],
  labels: { app: 'x', 'exoship-phase': 'old' },
};

const instance = (id: string, change: object = {}): object => ({
  id,
  name: `web-${id}`,
  state: 'running',
  'created-at': '2026-01-02T03:04:05Z',
  template: { id: 't1' },
  'public-ip': `203.0.113.${id}`,
  manager: { id: 'p', type: 'instance-pool' },
  ...change,
});

const service = (
  name: string,
  statuses: Record<string, string | undefined>,
  change: object = {},
): object => ({
  id: name,
  name,
  state: 'running',
  'instance-pool': { id: 'p' },
  healthcheck: { mode: 'http', port: 8080, uri: '/health', interval: 10, timeout: 5, retries: 2 },
  'healthcheck-status': Object.entries(statuses).map(([ip, status]) => ({
    'public-ip': `203.0.113.${ip}`,
    status,
  })),
  ...change,
});

interface Cloud {
  readonly pool?: object;
  readonly instances?: readonly object[];
  readonly services?: readonly object[];
}

function script({
  pool: change = {},
  instances = [],
  services = [],
}: Cloud): Record<string, Answer> {
  const balancer = { id: 'lb', name: 'front', state: 'running', services };
  return {
    'GET /instance-pool/p': { body: { ...pool, ...change } },
    'GET /instance': { body: { instances } },
    'GET /load-balancer': { body: { 'load-balancers': [balancer] } },
  };
}

function make(api: Awaited<ReturnType<typeof startApi>>, options: object = {}): RolloutPool {
  const clock = createManualClock();
  return createRolloutPool(makeExoscale(api, { clock }), { poolId: 'p', clock, ...options });
}

describe('observe()', () => {
  it('is three reads, however many members there are', async () => {
    const instances = Array.from({ length: 50 }, (_, index) => instance(`${index}`));
    await using api = await startApi(script({ instances }));
    const seen = await make(api).observe();
    expect(seen.members).toHaveLength(50);
    expect(api.calls.toSorted()).toEqual([
      'GET /instance-pool/p',
      'GET /instance?manager-id=p&manager-type=instance-pool',
      'GET /load-balancer',
    ]);
  });

  it('tells all that a decision rests on', async () => {
    const instances = [instance('1')];
    await using api = await startApi(
      script({ instances, services: [service('web', { 1: 'success' })] }),
    );
    expect(await make(api).observe()).toMatchInlineSnapshot(`
      {
        "annotations": {
          "exoship-phase": "old",
        },
        "balancers": [
          {
            "intervalMs": 10000,
            "mode": "http",
            "name": "front/web",
            "path": "/health",
            "port": 8080,
            "retries": 2,
            "timeoutMs": 5000,
          },
        ],
        "members": [
          {
            "address": "203.0.113.1",
            "createdAt": 2026-01-02T03:04:05.000Z,
            "id": "1",
            "isProtected": false,
            "name": "web-1",
            "state": "running",
            "template": "t1",
            "verdict": "healthy",
          },
        ],
        "observedAt": 2026-01-02T03:04:05.000Z,
        "size": 2,
        "status": "steady",
        "statusDetail": "running",
        "template": "t1",
      }
    `);
  });

  it.each<[object, string, string]>([
    [{}, 'steady', 'running'],
    [{ state: 'scaling-up' }, 'changing', 'scaling-up'],
    [{ state: 'scaling-down' }, 'changing', 'scaling-down'],
    [{ state: 'updating' }, 'changing', 'updating'],
    [{ state: 'creating' }, 'changing', 'creating'],
    [{ state: 'brand-new' }, 'changing', 'brand-new'],
    [{ state: 'suspended' }, 'refused', 'suspended'],
    [{ state: 'destroying' }, 'refused', 'destroying'],
    [{ manager: { id: 'm', type: 'sks-nodepool' } }, 'refused', 'managed by sks-nodepool'],
    [{ manager: { id: 'm', type: 'instance-pool' } }, 'steady', 'running'],
  ])('of a pool %j is %s', async (change, status, statusDetail) => {
    await using api = await startApi(script({ pool: change }));
    expect(await make(api).observe()).toMatchObject({ status, statusDetail });
  });

  it.each([
    ['starting', 'starting'],
    ['running', 'running'],
    ['migrating', 'running'],
    ['stopping', 'stopping'],
    ['stopped', 'stopped'],
    ['destroying', 'leaving'],
    ['expunging', 'leaving'],
    ['error', 'failed'],
    ['brand-new', 'starting'],
  ])('takes an instance that is %s for %s', async (state, expected) => {
    await using api = await startApi(script({ instances: [instance('1', { state })] }));
    expect((await make(api).observe()).members[0]?.state).toBe(expected);
  });

  it('leaves out destroyed instances and those of other pools', async () => {
    const stranger = instance('3', { manager: { id: 'else', type: 'instance-pool' } });
    const instances = [
      instance('1', { state: 'destroyed' }),
      stranger,
      instance('4', { manager: null }),
    ];
    await using api = await startApi(script({ instances }));
    expect((await make(api).observe()).members).toEqual([]);
  });

  it.each<[string, readonly object[]]>([
    ['none', []],
    ['none', [service('a', { 1: 'success' }, { 'instance-pool': { id: 'else' } })]],
    ['none', [service('a', { 1: 'failure' }, { state: 'deleting' })]],
    ['healthy', [service('a', { 1: 'success' }), service('b', { 1: 'success' })]],
    ['unhealthy', [service('a', { 1: 'success' }), service('b', { 1: 'failure' })]],
    ['unknown', [service('a', { 1: 'success' }), service('b', { 2: 'success' })]],
    ['unknown', [service('a', { 1: undefined })]],
    ['unknown', [service('a', {}, { 'healthcheck-status': null })]],
  ])('says %s of a member whose services say %j', async (verdict, services) => {
    await using api = await startApi(script({ instances: [instance('1')], services }));
    expect((await make(api).observe()).members[0]?.verdict).toBe(verdict);
  });

  it('knows nothing of the health of a member without a public address', async () => {
    const instances = [instance('1', { 'public-ip': null })];
    await using api = await startApi(
      script({ instances, services: [service('a', { 1: 'success' })] }),
    );
    const [member] = (await make(api).observe()).members;
    expect(member).toMatchObject({ verdict: 'unknown', address: undefined });
  });

  it('copes with services that say next to nothing', async () => {
    const bare = { id: 'a', name: 'a', 'instance-pool': { id: 'p' } };
    await using api = await startApi(script({ instances: [instance('1')], services: [bare] }));
    const { members, balancers } = await make(api).observe();
    expect(members[0]?.verdict).toBe('unknown');
    expect(balancers).toEqual([]);
  });

  it('does without load balancers when told to', async () => {
    await using api = await startApi({ ...script({}), 'GET /load-balancer': { status: 403 } });
    expect((await make(api, { loadBalancers: 'ignore' }).observe()).balancers).toEqual([]);
    await expect(make(api).observe()).rejects.toMatchObject({ reason: 'forbidden' });
  });

  it('rejects a member whose template it cannot tell', async () => {
    await using api = await startApi(script({ instances: [instance('1', { template: null })] }));
    await expect(make(api).observe()).rejects.toMatchObject({
      code: 'invalid-response',
      message: expect.stringContaining('"template.id" of instance "1"'),
    });
  });
});

describe('begin() and settle()', () => {
  const success: Answer = { body: { id: 'op', state: 'success' } };

  it('begin: one PUT of template and annotations, foreign labels kept', async () => {
    const labels = { app: 'x', 'exoship-rollout': 'r' };
    await using api = await startApi({
      'GET /instance-pool/p': [
        { body: pool },
        { body: { ...pool, template: { id: 't2' }, labels } },
      ],
      'PUT /instance-pool/p': success,
    } as never);
    await make(api).begin('t2', { 'exoship-rollout': 'r' });
    expect(api.calls).toEqual([
      'GET /instance-pool/p',
      'PUT /instance-pool/p',
      'GET /instance-pool/p',
    ]);
    expect(JSON.parse(api.received[1]?.body ?? '')).toMatchObject({
      template: { id: 't2' },
      labels,
      'security-groups': [{ id: 's' }],
    });
  });

  it('begin: rejects as invalid when the security groups are gone afterwards', async () => {
    const after = { ...pool, template: { id: 't2' }, labels: { app: 'x' }, 'security-groups': [] };
    await using api = await startApi({
      'GET /instance-pool/p': [{ body: pool }, { body: after }],
      'PUT /instance-pool/p': success,
    } as never);
    await expect(make(api).begin('t2', {})).rejects.toMatchObject({
      code: 'unexpected-change',
      reason: 'invalid',
      message: expect.stringContaining('security-groups'),
    });
  });

  it('settle: replaces the annotations and leaves the template', async () => {
    await using api = await startApi({
      'GET /instance-pool/p': [{ body: pool }, { body: { ...pool, labels: { app: 'x' } } }],
      'PUT /instance-pool/p': success,
    } as never);
    await make(api).settle({});
    const body = JSON.parse(api.received[1]?.body ?? '');
    expect(body.labels).toEqual({ app: 'x' });
    expect(body).not.toHaveProperty('template');
  });

  it('mark what a cloud that merges labels does not let go, and know it from the marks', async () => {
    let labels: Record<string, string> = { ...pool.labels };
    await using api = await startApi({
      'GET /instance-pool/p': () => ({ body: { ...pool, labels } }),
      'PUT /instance-pool/p': ({ body }) => {
        labels = { ...labels, ...JSON.parse(body).labels };
        return success;
      },
      'GET /instance': { body: { instances: [] } },
      'GET /load-balancer': { body: { 'load-balancers': [] } },
    });
    const writes = (): number => api.calls.filter((call) => call.startsWith('PUT')).length;
    const first = make(api);
    await first.settle({ 'exoship-rollout': 'r' });
    expect(writes()).toBe(2);
    expect(labels).toEqual({
      app: 'x',
      'exoship-phase': 'removed',
      'exoship-rollout': 'r',
    });
    expect((await first.observe()).annotations).toEqual({ 'exoship-rollout': 'r' });
    const second = make(api);
    await second.settle({ 'exoship-last': 'l' });
    expect(writes()).toBe(3);
    expect((await second.observe()).annotations).toEqual({ 'exoship-last': 'l' });
  });

  it('do not write again over what somebody else has written meanwhile', async () => {
    const rival = { app: 'x', 'exoship-phase': 'old', 'exoship-owner': 'rival' };
    await using api = await startApi({
      'GET /instance-pool/p': [{ body: pool }, { body: { ...pool, labels: rival } }],
      'PUT /instance-pool/p': success,
    } as never);
    await expect(make(api).settle({ 'exoship-owner': 'me' })).rejects.toMatchObject({
      code: 'unexpected-change',
      reason: 'invalid',
    });
    expect(api.calls.filter((call) => call.startsWith('PUT'))).toHaveLength(1);
  });

  it('refuse annotations that are not a rollout’s', async () => {
    await using api = await startApi(script({}));
    await expect(make(api).settle({ app: 'y' })).rejects.toThrow(TypeError);
    expect(api.calls).toEqual(['GET /instance-pool/p']);
  });
});

describe('grow(), evict() and capacity()', () => {
  const success: Answer = { body: { id: 'op', state: 'success' } };

  it('grow: scales to the size', async () => {
    await using api = await startApi({ ...script({}), 'PUT /instance-pool/p:scale': success });
    await make(api).grow(4);
    expect(api.received.at(-1)?.body).toBe('{"size":4}');
  });

  it('grow: does nothing when the size is that already', async () => {
    await using api = await startApi(script({}));
    await make(api).grow(2);
    expect(api.calls).toEqual(['GET /instance-pool/p']);
  });

  it('grow: never shrinks a pool that somebody else has grown meanwhile', async () => {
    await using api = await startApi(script({ pool: { size: 6 } }));
    await expect(make(api).grow(4)).rejects.toMatchObject({ reason: 'busy', sent: false });
    expect(api.calls).toEqual(['GET /instance-pool/p']);
  });

  it('evict: names exactly the members', async () => {
    await using api = await startApi({ 'PUT /instance-pool/p:evict': success });
    await make(api).evict(['a', 'b']);
    expect(api.received[0]?.body).toBe('{"instances":["a","b"]}');
  });

  it('evict: starts what a pool at rest will not evict while it is off', async () => {
    const conflict: Answer = { status: 409, body: { message: 'Instance is not running: stopped' } };
    const instances = [instance('a', { state: 'stopped' }), instance('b')];
    await using api = await startApi({
      ...script({ instances }),
      'PUT /instance-pool/p:evict': [conflict, conflict, success],
      'PUT /instance/a:start': success,
    } as never);
    await make(api).evict(['a', 'b']);
    expect(api.calls.filter((call) => call.startsWith('PUT'))).toEqual([
      'PUT /instance-pool/p:evict',
      'PUT /instance-pool/p:evict',
      'PUT /instance/a:start',
      'PUT /instance-pool/p:evict',
    ]);
  });

  it.each([
    ['the pool is changing', { state: 'scaling-up' }, 'stopped'],
    ['the member is still stopping', {}, 'stopping'],
    ['nothing is off', {}, 'running'],
  ])('evict: is busy, and starts nothing, while %s', async (_, change, state) => {
    await using api = await startApi({
      ...script({ pool: change, instances: [instance('a', { state })] }),
      'PUT /instance-pool/p:evict': { status: 409, body: { message: 'No' } },
    });
    await expect(make(api).evict(['a'])).rejects.toMatchObject({ reason: 'busy' });
    expect(api.calls.join()).not.toContain(':start');
  });

  it.each([
    [{ resource: 'instance', usage: 3, limit: 50 }, 47],
    [{ resource: 'instance', usage: 3, limit: -1 }, Number.POSITIVE_INFINITY],
    [{ resource: 'instance', usage: 9, limit: 5 }, 0],
  ])('capacity: %j leaves %d', async (body, expected) => {
    await using api = await startApi({ 'GET /quota/instance': { body } });
    expect(await make(api).capacity()).toBe(expected);
  });
});

describe('drain()', () => {
  const member = (address: string | undefined): Member => ({
    id: 'i',
    name: 'web-i',
    template: 't',
    state: 'running',
    address,
    createdAt: new Date(0),
    isProtected: false,
    verdict: 'healthy',
  });

  it('stops the instance, and does not wait for it to be stopped', async () => {
    await using api = await startApi({
      'PUT /instance/i:stop': { body: { id: 'op', state: 'pending' } },
    });
    await make(api).drain?.(member('203.0.113.1'));
    expect(api.calls).toEqual(['PUT /instance/i:stop']);
  });

  it('is absent when there is none', async () => {
    await using api = await startApi({});
    expect(make(api, { drain: { kind: 'none' } })).not.toHaveProperty('drain');
  });

  it.each([
    [204, undefined],
    [503, 'invalid'],
  ])('asks the member itself, which answers %i', async (status, reason) => {
    const asked: string[] = [];
    await using server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    await using api = await startApi({});
    const { port } = server.address() as AddressInfo;
    const draining = make(api, { drain: { kind: 'http', port, path: '/drain' } }).drain?.(
      member('127.0.0.1'),
    );
    if (reason === undefined) await draining;
    else expect(await failureOf(draining ?? Promise.resolve())).toMatchObject({ reason, status });
    expect(asked).toEqual(['POST /drain']);
  });

  it.each([
    [{ port: 80, path: '@elsewhere.example' }, TypeError],
    [{ port: 0, path: '/' }, RangeError],
  ])('refuses %j, which would reach somebody else', async (http, kind) => {
    await using api = await startApi({});
    expect(() => make(api, { drain: { kind: 'http', ...http } })).toThrow(kind);
  });

  it('cannot ask a member without an address', async () => {
    await using api = await startApi({});
    const rollout = make(api, { drain: { kind: 'http', port: 80, path: '/drain' } });
    await expect(rollout.drain?.(member(undefined))).rejects.toMatchObject({ reason: 'invalid' });
  });
});

describe('the reason of an error', () => {
  it.each<[ExoscaleErrorCode, string | undefined, string, string | undefined]>([
    ['unauthorized', undefined, 'x', 'forbidden'],
    ['forbidden', undefined, 'x', 'forbidden'],
    ['forbidden', undefined, 'Instance quota reached', 'quota'],
    ['not-found', undefined, 'x', 'gone'],
    ['conflict', undefined, 'x', 'busy'],
    ['rate-limited', undefined, 'Rate limit exceeded', 'busy'],
    ['invalid', undefined, 'x', 'invalid'],
    ['invalid', undefined, 'Resource limit exceeded', 'quota'],
    ['server', undefined, 'x', undefined],
    ['unreachable', undefined, 'x', undefined],
    ['timed-out', undefined, 'x', undefined],
    ['invalid-response', undefined, 'x', undefined],
    ['unexpected-change', undefined, 'x', 'invalid'],
    ['operation-failed', 'busy', 'x', 'busy'],
    ['operation-failed', 'conflict', 'x', 'busy'],
    ['operation-failed', 'interrupted', 'x', 'busy'],
    ['operation-failed', 'unavailable', 'x', 'capacity'],
    ['operation-failed', 'partial', 'x', 'capacity'],
    ['operation-failed', 'unavailable', 'Quota exceeded', 'quota'],
    ['operation-failed', 'forbidden', 'x', 'forbidden'],
    ['operation-failed', 'not-found', 'x', 'gone'],
    ['operation-failed', 'incorrect', 'x', 'invalid'],
    ['operation-failed', 'unsupported', 'x', 'invalid'],
    ['operation-failed', 'fault', 'x', undefined],
    ['operation-failed', undefined, 'x', undefined],
  ])('%s %s "%s" is %s', (code, reason, message, expected) => {
    expect(faultOf(new ExoscaleError(message, { code, reason, call: 'c' }))).toBe(expected);
  });

  it('replaces the operation’s own, which stays the cause', async () => {
    const failure = { body: { id: 'op', state: 'failure', reason: 'unavailable' } };
    await using api = await startApi({ 'PUT /instance-pool/p:evict': failure });
    await expect(make(api).evict(['i'])).rejects.toMatchObject({
      name: 'ExoscaleError',
      reason: 'capacity',
      operationId: 'op',
      cause: { reason: 'unavailable' },
    });
  });

  it('is no matter of a cancelled call', async () => {
    await using api = await startApi({});
    const reason = new Error('stop');
    expect(await failureOf(make(api).observe({ signal: AbortSignal.abort(reason) }))).toBe(reason);
  });
});
