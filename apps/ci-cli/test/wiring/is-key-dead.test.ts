import { createSecret } from '@exoship/exo-runner';
import { expect, test } from 'vitest';
import { isKeyDead } from '../../src/wiring/is-key-dead.ts';
import { fakeJob } from '../support/fake-job.ts';
import { keySource } from '../support/key-source.ts';

const servedAt = new Date('2026-03-01T08:00:00Z');
const zones = { zones: [{ name: 'ch-gva-2', 'api-endpoint': 'http://127.0.0.1:9/v2' }] };

/** A cloud that answers everything but the list of zones with this status. */
const cloud =
  (status: number): typeof fetch =>
  async (input) => {
    const isZones = new URL(input instanceof Request ? input.url : input).pathname === '/v2/zone';
    return Response.json(isZones ? zones : { message: 'Request has expired' }, {
      status: isZones ? 200 : status,
      headers: { date: servedAt.toUTCString() },
    });
  };

async function ask(status: number, minutesOff: number): Promise<boolean> {
  const now = (): Date => new Date(servedAt.getTime() + minutesOff * 60_000);
  const { job } = fakeJob();
  const clock = { ...job.context.clock, now };
  const source = { ...keySource, endpoint: 'http://127.0.0.1:9/v2' };
  const credentials = { key: 'EXO1', secret: createSecret('CANARY-of-the-key') };
  const { signal } = new AbortController();
  const context = { ...job.context, clock };
  return await isKeyDead({ context }, source, credentials, { fetch: cloud(status), signal });
}

test('a refused key is dead, and one that is served is not', async () => {
  expect(await ask(403, 0)).toBe(true);
  expect(await ask(403, -4)).toBe(true);
  expect(await ask(200, 0)).toBe(false);
  expect(await ask(200, 60)).toBe(false);
});

test.each([-10, 10, 1_440])(
  'a refusal proves nothing when the clock is %d minutes off',
  async (off) => {
    await expect(ask(403, off)).rejects.toThrow(
      `this clock is ${Math.abs(off)} minutes off, and any key would be refused`,
    );
  },
);
