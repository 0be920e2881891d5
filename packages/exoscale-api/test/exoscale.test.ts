import { describe, expect, it } from 'vitest';
import { createExoscale } from '../src/exoscale.ts';
import { credentials, startApi } from './loopback-api.ts';
import { failureOf, makeExoscale } from './make-exoscale.ts';

describe('createExoscale()', () => {
  it('reads the zones once, unsigned, however many calls start together', async () => {
    await using api = await startApi({ 'GET /instance': { body: { instances: [] } } });
    const exoscale = makeExoscale(api);
    await Promise.all([
      exoscale.instances.list(),
      exoscale.instances.list(),
      exoscale.instances.list(),
    ]);
    expect(api.zoneCalls()).toBe(1);
    expect(api.calls).toHaveLength(3);
  });

  it('asks for credentials at every call, so that a rotated key is used at once', async () => {
    await using api = await startApi({ 'GET /instance': { body: { instances: [] } } });
    const keys = ['EXOold', credentials.key];
    const exoscale = makeExoscale(api, {
      credentials: async () => ({ ...credentials, key: keys.shift() ?? '' }),
    });
    await expect(exoscale.instances.list()).rejects.toMatchObject({ code: 'unauthorized' });
    await exoscale.instances.list();
    const used = api.received.map(
      (call) => call.headers.authorization?.match(/credential=(\w+)/)?.[1],
    );
    expect(used).toEqual(['EXOold', credentials.key]);
  });

  it('names the zones that there are when it cannot find its own', async () => {
    await using api = await startApi({});
    await expect(makeExoscale(api, { zone: 'mars-1' }).instances.list()).rejects.toMatchObject({
      code: 'not-found',
      message: 'Cannot find zone "mars-1": there are ch-dk-2, ch-gva-2',
    });
  });

  it('sends nothing to a zone whose endpoint is neither https nor loopback', async () => {
    const zones = [{ name: 'ch-gva-2', 'api-endpoint': 'http://api.example.com/v2' }];
    await using api = await startApi({ 'GET /zone': { body: { zones } } });
    await expect(makeExoscale(api).instances.list()).rejects.toMatchObject({
      code: 'invalid-response',
      message: expect.stringContaining('must be https'),
    });
  });

  it.each([
    ['ftp://api-ch-gva-2.exoscale.com/v2', 'must be https'],
    ['http://api-ch-gva-2.exoscale.com/v2', 'must be https'],
    ['http://127.0.0.1.example.com/v2', 'must be https'],
    ['https://api-ch-gva-2.exoscale.com', 'must contain "/v2"'],
    ['https://user:secret@api-ch-gva-2.exoscale.com/v2', 'must hold no credentials'],
    ['no url', 'is not a URL'],
  ])('refuses the endpoint %s', (endpoint, why) => {
    const options = { zone: 'ch-gva-2', endpoint, credentials: () => credentials };
    expect(() => createExoscale(options)).toThrow(why);
  });

  it.each([
    'http://127.0.0.1:8080/v2',
    'http://localhost/v2/',
    'http://[::1]:1/x/v2',
    'https://api.example.com/v2/',
  ])('takes the endpoint %s', (endpoint) => {
    expect(createExoscale({ zone: 'z', endpoint, credentials: () => credentials })).toBeDefined();
  });

  it('refuses an option that it does not know', () => {
    const options = { zone: 'z', credentials: () => credentials, timeout: 3 };
    expect(() => createExoscale(options)).toThrow(/Unknown option "timeout"/);
  });

  it.each(['', '.', '..'])(
    'refuses the path segment "%s", which would make another call',
    async (id) => {
      await using api = await startApi({});
      await expect(makeExoscale(api).instances.get(id)).rejects.toThrow(TypeError);
      expect(api.calls).toEqual([]);
    },
  );

  it('escapes ids, so that none can reach another path', async () => {
    await using api = await startApi({});
    await failureOf(makeExoscale(api).instances.get('a/../b?c=1'));
    expect(api.calls).toEqual(['GET /instance/a%2F..%2Fb%3Fc%3D1']);
  });
});
