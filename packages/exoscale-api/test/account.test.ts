import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Answer, startApi } from './loopback-api.ts';
import { failureOf, makeExoscale } from './make-exoscale.ts';

const policy = {
  'default-service-strategy': 'deny',
  services: { compute: { type: 'allow' } },
} as const;
const role = { id: 'r-1', name: 'deploy', editable: true, labels: { by: 'us' }, policy };
const operation = { id: 'op', state: 'success' };

describe('iamRoles', () => {
  it('reads roles with their policy, by list, id and name', async () => {
    await using api = await startApi({
      'GET /iam-role': { body: { 'iam-roles': [role, { id: 'r-2', name: 'Owner' }] } },
      'GET /iam-role/r-1': { body: role },
    });
    const { iamRoles } = makeExoscale(api);
    expect(await iamRoles.list()).toHaveLength(2);
    const same = { id: 'r-1', name: 'deploy', isEditable: true, labels: { by: 'us' }, policy };
    expect(await iamRoles.get('r-1')).toMatchObject(same);
    expect(await iamRoles.findByName('deploy')).toMatchObject(same);
    expect(await iamRoles.findByName('nobody')).toBeUndefined();
  });

  it('creates a role, and finds it again when the answer is lost', async () => {
    await using api = await startApi({
      'POST /iam-role': 'cut',
      'GET /iam-role': { body: { 'iam-roles': [role] } },
    });
    expect(await makeExoscale(api).iamRoles.create({ name: 'deploy', policy })).toEqual({
      id: 'r-1',
    });
    const posts = api.received.filter(({ method }) => method === 'POST');
    expect(posts.map(({ body }) => JSON.parse(body))).toEqual([{ name: 'deploy', policy }]);
  });

  it('deletes a role, and does not mind that it is gone', async () => {
    await using api = await startApi({ 'DELETE /iam-role/r-1': [{ body: operation }, {}] });
    await makeExoscale(api).iamRoles.delete('r-1');
    await makeExoscale(api).iamRoles.delete('r-2');
  });

  it('refuses a misspelt setting', async () => {
    await using api = await startApi({});
    const request = { name: 'deploy', policy, editable: true };
    await expect(makeExoscale(api).iamRoles.create(request)).rejects.toThrow('"editable"');
  });
});

describe('apiKeys', () => {
  const made = { key: 'EXOnew', name: 'ci-7', 'role-id': 'r-1', secret: 'sesame' };

  it('lists, gets and deletes keys', async () => {
    const { secret: _, ...shown } = made;
    await using api = await startApi({
      'GET /api-key': { body: { 'api-keys': [shown] } },
      'GET /api-key/EXOnew': { body: shown },
      'DELETE /api-key/EXOnew': { body: operation },
    });
    const { apiKeys } = makeExoscale(api);
    expect(await apiKeys.list()).toEqual([{ key: 'EXOnew', name: 'ci-7', roleId: 'r-1' }]);
    expect(await apiKeys.get('EXOnew')).toEqual({ key: 'EXOnew', name: 'ci-7', roleId: 'r-1' });
    await apiKeys.delete('EXOnew');
    await apiKeys.delete('EXOgone');
  });

  it('creates a key whose secret nobody sees by accident', async () => {
    await using api = await startApi({
      'GET /api-key': { body: { 'api-keys': [] } },
      'POST /api-key': { body: made },
    });
    const key = await makeExoscale(api).apiKeys.create({ name: 'ci-7', roleId: 'r-1' });
    expect(key.secret.reveal()).toBe('sesame');
    for (const text of [inspect(key), JSON.stringify(key), format('%s', key.secret)]) {
      expect(text).not.toContain('sesame');
      expect(text).toContain('[redacted]');
    }
    expect(JSON.parse(api.received.at(-1)?.body ?? '')).toEqual({ name: 'ci-7', 'role-id': 'r-1' });
  });

  it('refuses a name that is taken, before it sends anything', async () => {
    await using api = await startApi({ 'GET /api-key': { body: { 'api-keys': [made] } } });
    const failure = await failureOf(
      makeExoscale(api).apiKeys.create({ name: 'ci-7', roleId: 'r-1' }),
    );
    expect(failure).toMatchObject({ code: 'conflict', sent: false });
    expect(api.calls).toEqual(['GET /api-key']);
  });

  /** An API in which the n-th POST makes a key or not, and answers `answers[n]`. */
  async function startKeys(
    answers: readonly { readonly makes: boolean; readonly answer: Answer }[],
  ) {
    const keys = new Map<string, object>();
    let count = 0;
    const remove = (key: string) => () => {
      keys.delete(key);
      return { body: operation };
    };
    const api = await startApi({
      'GET /api-key': () => ({ body: { 'api-keys': [...keys.values()] } }),
      'POST /api-key': answers.map(({ makes, answer }) => () => {
        count += 1;
        const key = `EXO${count}`;
        if (makes) keys.set(key, { key, name: 'ci-7', 'role-id': 'r-1' });
        return answer;
      }),
      'DELETE /api-key/EXO1': remove('EXO1'),
      'DELETE /api-key/EXO2': remove('EXO2'),
      'DELETE /api-key/EXO3': remove('EXO3'),
    });
    return { api, left: () => [...keys.keys()] };
  }
  const created = { body: { ...made, key: 'EXO2' } };
  const request = { name: 'ci-7', roleId: 'r-1' };

  it.each<[string, Answer]>([
    ['a cut', 'cut'],
    ['a cut body', 'cut-body'],
    ['a 500', { status: 500 }],
    ['a 429', { status: 429 }],
  ])('deletes the key whose secret was lost by %s, and makes another', async (_, answer) => {
    const { api, left } = await startKeys([
      { makes: true, answer },
      { makes: true, answer: created },
    ]);
    await using _api = api;
    expect(await makeExoscale(api).apiKeys.create(request)).toMatchObject({ key: 'EXO2' });
    expect(left()).toEqual(['EXO2']);
  });

  it.each<[string, Answer, string]>([
    ['a stall', 'stall', 'timed-out'],
    ['an answer that is none', { body: '<html>' }, 'invalid-response'],
    ['an answer without a secret', { body: { key: 'EXO1', name: 'ci-7' } }, 'invalid-response'],
  ])('leaves no key behind after %s, and makes no other', async (_, answer, code) => {
    const { api, left } = await startKeys([{ makes: true, answer }]);
    await using _api = api;
    const exoscale = makeExoscale(api, { requestTimeoutMs: answer === 'stall' ? 100 : 5_000 });
    expect(await failureOf(exoscale.apiKeys.create(request))).toMatchObject({ code });
    expect(left()).toEqual([]);
    expect(api.calls.filter((call) => call === 'POST /api-key')).toHaveLength(1);
  });

  it('leaves no key behind when all attempts are lost', async () => {
    const { api, left } = await startKeys([{ makes: true, answer: { status: 500 } }]);
    await using _api = api;
    expect(await failureOf(makeExoscale(api).apiKeys.create(request))).toMatchObject({
      code: 'server',
    });
    expect(left()).toEqual([]);
    expect(api.calls.filter((call) => call === 'POST /api-key')).toHaveLength(3);
  });

  it('leaves no key behind when it is cancelled meanwhile', async () => {
    const cancelled = new AbortController();
    const { api, left } = await startKeys([{ makes: true, answer: 'stall' }]);
    await using _api = api;
    const reason = new Error('enough');
    const creating = makeExoscale(api).apiKeys.create(request, { signal: cancelled.signal });
    await expect.poll(left).toEqual(['EXO1']);
    cancelled.abort(reason);
    expect(await failureOf(creating)).toBe(reason);
    expect(left()).toEqual([]);
  });
});

describe('sshKeys', () => {
  const key = { name: 'deploy', fingerprint: 'aa:bb' };

  it('registers a key, though the operation names no reference, as the real one does not', async () => {
    await using api = await startApi({
      'POST /ssh-key': { body: operation },
      'GET /ssh-key/deploy': { body: key },
    });
    const { sshKeys } = makeExoscale(api);
    expect(await sshKeys.register({ name: 'deploy', publicKey: 'ssh-ed25519 AAAA us' })).toEqual(
      key,
    );
    expect(JSON.parse(api.received[0]?.body ?? '')).toEqual({
      name: 'deploy',
      'public-key': 'ssh-ed25519 AAAA us',
    });
  });

  it('finds the key by its name when the answer is lost, and registers it once', async () => {
    await using api = await startApi({
      'POST /ssh-key': 'cut',
      'GET /ssh-key': { body: { 'ssh-keys': [key] } },
      'GET /ssh-key/deploy': { body: key },
    });
    const { sshKeys } = makeExoscale(api);
    expect(await sshKeys.register({ name: 'deploy', publicKey: 'ssh-ed25519 AAAA' })).toEqual(key);
    expect(api.calls.filter((call) => call === 'POST /ssh-key')).toHaveLength(1);
  });

  it('lists and deletes keys, also one that is gone', async () => {
    await using api = await startApi({
      'GET /ssh-key': { body: { 'ssh-keys': [key] } },
      'DELETE /ssh-key/deploy': { body: operation },
    });
    const { sshKeys } = makeExoscale(api);
    expect(await sshKeys.list()).toEqual([key]);
    await sshKeys.delete('deploy');
    await sshKeys.delete('gone');
  });
});

describe('antiAffinityGroups', () => {
  const group = { id: 'a-1', name: 'apart', instances: [{ id: 'i-1' }] };

  it('reads, creates and deletes groups', async () => {
    await using api = await startApi({
      'GET /anti-affinity-group': { body: { 'anti-affinity-groups': [group] } },
      'POST /anti-affinity-group': { body: { ...operation, reference: { id: 'a-1' } } },
      'DELETE /anti-affinity-group/a-1': { body: operation },
    });
    const { antiAffinityGroups } = makeExoscale(api);
    expect(await antiAffinityGroups.findByName('apart')).toEqual({
      id: 'a-1',
      name: 'apart',
      description: undefined,
      instanceIds: ['i-1'],
    });
    expect(await antiAffinityGroups.create({ name: 'apart' })).toEqual({ id: 'a-1' });
    await antiAffinityGroups.delete('a-1');
  });
});

describe('events', () => {
  it('reads the log of a period, and of what an event leaves out', async () => {
    const event = {
      'request-id': 'q-1',
      timestamp: '2026-01-02T03:04:05.678Z',
      handler: 'scale-instance-pool',
      status: 200,
      'iam-api-key': { key: 'EXO1', name: 'ci' },
    };
    await using api = await startApi({ 'GET /event': { body: [event, {}] } });
    const from = new Date('2026-01-02T00:00:00Z');
    const [first, second] = await makeExoscale(api).events.list({ from });
    expect(first).toMatchObject({
      at: new Date('2026-01-02T03:04:05.678Z'),
      requestId: 'q-1',
      operation: 'scale-instance-pool',
      status: 200,
      apiKey: { key: 'EXO1', name: 'ci' },
    });
    expect(second).toMatchObject({ at: undefined, status: undefined });
    expect(api.calls).toEqual([`GET /event?from=${encodeURIComponent(from.toISOString())}`]);
  });

  it('refuses an answer that is no list', async () => {
    await using api = await startApi({ 'GET /event': { body: { events: [] } } });
    expect(await failureOf(makeExoscale(api).events.list())).toMatchObject({
      code: 'invalid-response',
    });
  });
});

describe('templates.copy()', () => {
  it('resolves with the id in the other zone, and is never sent twice', async () => {
    await using api = await startApi({
      'POST /template/t-1': [{ body: { ...operation, reference: { id: 't-2' } } }, 'cut'],
    });
    const { templates } = makeExoscale(api);
    expect(await templates.copy('t-1', 'de-fra-1')).toEqual({ id: 't-2' });
    expect(JSON.parse(api.received[0]?.body ?? '')).toEqual({
      'target-zone': { name: 'de-fra-1' },
    });
    expect(await failureOf(templates.copy('t-1', 'de-fra-1'))).toMatchObject({
      code: 'unreachable',
    });
    expect(api.calls).toHaveLength(2);
  });
});
