import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isExoscaleError } from '../src/exoscale-error.ts';
import { type Answer, credentials, refusingEndpoint, startApi } from './loopback-api.ts';
import { failureOf, makeExoscale } from './make-exoscale.ts';
import { createManualClock } from './manual-clock.ts';

interface Row {
  readonly fault: string;
  readonly answer: Answer;
  readonly code: string;
  readonly status?: number;
  readonly says?: string;
  /** Attempts of a GET, of a PUT :scale (absolute), of a PUT :evict and of a POST that cannot be looked up. */
  readonly attempts: readonly [get: number, scale: number, once: number];
}

const rows: readonly Row[] = [
  ...(
    [
      [400, 'invalid', { message: 'Invalid parameter' }, 'Invalid parameter'],
      [400, 'invalid', { error: 'Bad thing' }, 'Bad thing'],
      [
        400,
        'invalid',
        { message: 'Invalid request', errors: [{ message: 'start-ip is too high' }] },
        'Invalid request: start-ip is too high',
      ],
      [
        400,
        'invalid',
        {
          title: 'Validation failed',
          detail: 'Body invalid',
          errors: [{ detail: 'too small', location: "$['disk-size']" }, 'odd'],
        },
        "Validation failed: Body invalid: $['disk-size'] too small: odd",
      ],
      [400, 'invalid', { title: 'Only a title' }, 'Only a title'],
      [400, 'invalid', { unknown: 'shape' }, '{"unknown":"shape"}'],
      [401, 'unauthorized', { message: 'Invalid signature' }, 'Invalid signature'],
      [403, 'forbidden', { message: 'Not allowed by IAM' }, 'Not allowed by IAM'],
      [404, 'not-found', '', 'answered 404'],
      [404, 'not-found', '<html>\n  <h1>Not here</h1></html>', '<html> <h1>Not here</h1></html>'],
      [409, 'conflict', { message: 'Busy' }, 'Busy'],
      [418, 'invalid', 'teapot', 'teapot'],
      [422, 'invalid', { message: 'No' }, 'No'],
      [423, 'conflict', { message: 'Locked' }, 'Locked'],
      [499, 'invalid', 'weird', 'weird'],
      [501, 'server', { message: 'nope' }, 'nope'],
    ] as const
  ).map(([status, code, body, says]) => ({
    fault: `${status} ${JSON.stringify(body).slice(0, 30)}`,
    answer: { status, body },
    code,
    status,
    says,
    attempts: [1, 1, 1] as const,
  })),
  ...[429, 500, 502, 503, 504].map((status) => ({
    fault: `${status}`,
    answer: { status, body: { message: 'later' } },
    code: status === 429 ? 'rate-limited' : 'server',
    status,
    says: 'later',
    attempts: [5, 5, 1] as const,
  })),
  { fault: 'a cut connection', answer: 'cut', code: 'unreachable', attempts: [5, 5, 1] },
  { fault: 'a cut body', answer: 'cut-body', code: 'unreachable', attempts: [5, 5, 1] },
  { fault: 'no HTTP', answer: 'garbage', code: 'unreachable', attempts: [5, 5, 1] },
  { fault: 'a stall', answer: 'stall', code: 'timed-out', attempts: [5, 5, 1] },
  {
    fault: '200 without JSON',
    answer: { body: '<html>' },
    code: 'invalid-response',
    status: 200,
    says: 'not JSON',
    attempts: [1, 1, 1],
  },
  {
    fault: '200 with nothing',
    answer: { body: '' },
    code: 'invalid-response',
    status: 200,
    attempts: [1, 1, 1],
  },
  {
    fault: '200 with a list',
    answer: { body: [] },
    code: 'invalid-response',
    says: 'not an object',
    attempts: [1, 1, 1],
  },
  {
    fault: 'a redirect',
    answer: { status: 307, headers: { location: '/elsewhere' } },
    code: 'invalid-response',
    attempts: [1, 1, 1],
  },
];

const calls = [
  { name: 'GET', index: 0, path: 'GET /instance/i', run: 'get' },
  { name: 'PUT :scale', index: 1, path: 'PUT /instance-pool/p:scale', run: 'scale' },
  { name: 'PUT :evict', index: 2, path: 'PUT /instance-pool/p:evict', run: 'evict' },
] as const;

describe.each(rows)('$fault', (row) => {
  it.each(calls)('on $name: a typed error after as many attempts as are safe', async (call) => {
    await using api = await startApi({ [call.path]: row.answer });
    const exoscale = makeExoscale(api, { requestTimeoutMs: row.answer === 'stall' ? 40 : 5_000 });
    const run = {
      get: () => exoscale.instances.get('i'),
      scale: () => exoscale.pools.scale('p', 3),
      evict: () => exoscale.pools.evict('p', ['i']),
    };
    const error = await failureOf(run[call.run]());
    if (!isExoscaleError(error)) throw error;
    expect(error).toMatchObject({ code: row.code, sent: true });
    expect(error.status).toBe(row.status);
    expect(error.call).toMatch(
      /^(GET \/instance\/\{id\}|PUT \/instance-pool\/\{id\}:(scale|evict))$/,
    );
    expect(error.message).toContain(row.says ?? '');
    expect(api.calls).toHaveLength(row.attempts[call.index]);
    const everything = inspect(error, { depth: 9 });
    expect(everything).not.toContain(credentials.secret.reveal());
    expect(everything).not.toContain('EXO2-HMAC');
  });
});

describe('a call', () => {
  it('that was refused a connection is repeated whatever it is, and says that nothing was sent', async () => {
    const zones = [{ name: 'ch-gva-2', 'api-endpoint': await refusingEndpoint() }];
    await using api = await startApi({ 'GET /zone': { body: { zones } } });
    const clock = createManualClock();
    const exoscale = makeExoscale(api, { clock });
    await expect(exoscale.pools.evict('p', ['i'])).rejects.toMatchObject({
      code: 'unreachable',
      sent: false,
      retryable: true,
      message: 'Cannot complete "PUT /instance-pool/{id}:evict": ECONNREFUSED',
    });
    expect(clock.slept).toHaveLength(4);
  });

  it('recovers from what passes', async () => {
    await using api = await startApi({
      'GET /quota': [{ status: 503 }, 'cut', { status: 429 }, { body: { quotas: [] } }],
    });
    const clock = createManualClock();
    expect(await makeExoscale(api, { clock }).quotas.list()).toEqual([]);
    expect(clock.slept).toEqual([375, 750, 1500]);
  });

  it('waits as long as the server asks, but not for ever', async () => {
    const wait = (seconds: string): Answer => ({
      status: 429,
      headers: { 'retry-after': seconds },
    });
    await using api = await startApi({
      'GET /quota': [
        wait('2'),
        wait('Fri, 02 Jan 2026 03:04:17 GMT'),
        wait('9999'),
        wait('9999'),
        wait('9999'),
      ],
    });
    const clock = createManualClock();
    await failureOf(makeExoscale(api, { clock }).quotas.list());
    expect(clock.slept).toEqual([2_000, 10_000, 30_000]);
  });

  it('signs every attempt anew', async () => {
    await using api = await startApi({ 'GET /quota': [{ status: 500 }, { body: { quotas: [] } }] });
    await makeExoscale(api, {
      clock: {
        ...createManualClock(),
        now: () => new Date(Date.UTC(2026, 0, 1) + api.calls.length * 1000),
      },
    }).quotas.list();
    const [first, second] = api.received.map((call) => call.headers.authorization);
    expect(first).not.toBe(second);
  });

  it('keeps what was sent out of the message when the server quotes it', async () => {
    const userData = 'a script with a password: hunter2-hunter2-hunter2-hunter2-hunter2';
    await using api = await startApi({
      'POST /instance': ({ body, headers }) => ({
        status: 400,
        body: {
          message: `bad: ${JSON.parse(body)['user-data']} ${headers.authorization} ${credentials.secret.reveal()}`,
        },
      }),
    });
    const request = { name: 'n', templateId: 't', instanceTypeId: 'y', diskSizeGib: 10, userData };
    const error = await failureOf(makeExoscale(api).instances.create(request));
    expect(inspect(error, { depth: 9 })).toContain('bad: [redacted] [redacted] [redacted]');
    expect(inspect(error, { depth: 9 })).not.toContain(Buffer.from(userData).toString('base64'));
  });

  it('that is cancelled in flight rejects with the caller’s reason', async () => {
    const controller = new AbortController();
    await using api = await startApi({
      'GET /quota': () => {
        controller.abort('stop');
        return 'stall';
      },
    });
    expect(await failureOf(makeExoscale(api).quotas.list({ signal: controller.signal }))).toBe(
      'stop',
    );
  });
});
