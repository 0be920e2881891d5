import { createApiKeyProvider, createSecret, type ReplaceableKey } from '@exoship/exo-runner';
import { expect, test } from 'vitest';
import { holdPerRequest } from '../../src/wiring/job-keys.ts';
import { rememberZones, warmZones } from '../../src/wiring/remember-zones.ts';

/** Keys that are due for replacement the moment they are handed out. */
function openKeys(fetch: typeof globalThis.fetch) {
  const log: string[] = [];
  let nowMs = 0;
  let minted = 0;
  const clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    // The limit of a drain never comes.
    sleep: () => new Promise<void>(() => {}),
  };
  const provider = createApiKeyProvider(
    async (): Promise<ReplaceableKey> => {
      minted += 1;
      const key = `EXO${minted}`;
      const expiresAt = new Date(nowMs + 900_000);
      return {
        key,
        secret: createSecret(`secret ${minted}`),
        expiresAt,
        renew: async () => {},
        async revoke() {
          log.push(`revoke ${key}`);
          return { outcome: 'proven', leaseId: key, expiresAt };
        },
      };
    },
    { clock },
  );
  const keys = holdPerRequest(provider, fetch);
  return { keys, log, age: () => (nowMs += 700_000) };
}

const signed = (key: string, scheme = 'EXO2-HMAC-SHA256 credential=KEY,expires=1,signature=x') => ({
  headers: { authorization: scheme.replace('KEY', key) },
});

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test.each([
  ['the API', 'EXO2-HMAC-SHA256 credential=KEY,expires=1,signature=x'],
  [
    'the object store',
    'AWS4-HMAC-SHA256 Credential=KEY/20260101/ch-gva-2/s3/aws4_request, Signature=x',
  ],
])('a key that was replaced lives until the last request to %s is done', async (_what, scheme) => {
  const answers: PromiseWithResolvers<Response>[] = [];
  const { keys, log, age } = openKeys(async () => {
    const answer = Promise.withResolvers<Response>();
    answers.push(answer);
    return await answer.promise;
  });
  const { key } = await keys.credentials();
  await keys.credentials();
  const first = keys.fetch('https://x/v2/a', signed(key, scheme));
  const second = keys.fetch('https://x/v2/b', signed(key, scheme));
  age();
  expect((await keys.credentials()).key).toBe('EXO2');
  answers[0]?.resolve(new Response());
  await first;
  await settled();
  expect(log).toEqual([]);
  answers[1]?.reject(new Error('reset'));
  await expect(second).rejects.toThrow('reset');
  await settled();
  expect(log).toEqual(['revoke EXO1']);
});

test('a request without a signature holds nothing and releases nothing', async () => {
  const { keys, log, age } = openKeys(async () => new Response());
  await keys.credentials();
  await keys.fetch('https://x/v2/zone');
  age();
  await keys.credentials();
  await settled();
  expect(log).toEqual([]);
});

test('rememberZones() asks for the zones once, and for everything else each time', async () => {
  const asked: string[] = [];
  const fetch = rememberZones(async (input) => {
    asked.push(input instanceof Request ? input.url : input.toString());
    return new Response('{"zones":[]}', { headers: { 'content-type': 'application/json' } });
  });
  for (let turn = 0; turn < 3; turn += 1) {
    const answer = await fetch(new URL('https://a/v2/zone'));
    expect(answer.headers.get('content-type')).toContain('json');
    expect(await answer.json()).toEqual({ zones: [] });
    await fetch('https://a/v2/instance');
  }
  await fetch('https://b/v2/zone');
  expect(asked.filter((url) => url === 'https://a/v2/zone')).toHaveLength(1);
  expect(asked.filter((url) => url === 'https://a/v2/instance')).toHaveLength(3);
  expect(asked).toContain('https://b/v2/zone');
});

test('warmZones() asks beforehand, and whoever comes next waits for that answer', async () => {
  const asked: string[] = [];
  const gate = Promise.withResolvers<Response>();
  const fetch = rememberZones(async (input) => {
    asked.push(input instanceof Request ? input.url : input.toString());
    return await gate.promise;
  });
  const warming = warmZones(fetch, 'https://a/v2');
  const answer = fetch('https://a/v2/zone');
  gate.resolve(new Response('{"zones":[]}'));
  expect(await (await answer).json()).toEqual({ zones: [] });
  await warming;
  expect(asked).toEqual(['https://a/v2/zone']);
  await expect(
    warmZones(async () => await Promise.reject(new Error('down'))),
  ).resolves.toBeUndefined();
});

test('rememberZones() does not remember a failure', async () => {
  let status = 503;
  const fetch = rememberZones(async () => new Response('{}', { status }));
  expect((await fetch('https://a/v2/zone')).status).toBe(503);
  status = 200;
  expect((await fetch('https://a/v2/zone')).status).toBe(200);
});
