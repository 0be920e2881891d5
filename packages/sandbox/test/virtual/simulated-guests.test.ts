import { expect, test } from 'vitest';
import type { BodySpec } from '../../src/model/ports.ts';
import { createSimulatedGuests } from '../../src/virtual/simulated-guests.ts';
import { createVirtualTime } from '../../src/virtual/virtual-time.ts';

function spec(instanceId: string, image: unknown = { bootMs: 10 }): BodySpec {
  const rest = { name: instanceId, templateId: 't', address: '10.0.0.1', userData: '' };
  return { instanceId, image, ...rest };
}

function createGuests(seed = 'seed') {
  const time = createVirtualTime();
  const guests = createSimulatedGuests({ scheduler: time.scheduler, seed });
  async function probe(instanceId: string, mode: 'tcp' | 'http', timeoutMs = 1_000) {
    const start = time.clock.monotonicMs();
    const rest = { address: '10.0.0.1', port: 80, timeoutMs };
    const answer = new Promise<boolean>((resolve) =>
      guests.prober.probe({ instanceId, mode, ...rest }, resolve),
    );
    const success = await time.drive(answer);
    return { success, tookMs: time.clock.monotonicMs() - start };
  }
  return { ...time, ...guests, probe };
}

test('allocateAddress() never gives the same address twice', () => {
  const { body } = createGuests();
  const addresses = Array.from({ length: 600 }, (_, index) => body.allocateAddress(`${index}`));
  expect(new Set(addresses).size).toBe(600);
  expect(addresses[0]).toBe('10.0.0.1');
  expect(addresses[299]).toBe('10.0.1.44');
});

test('start() boots for as long as the image says, or by luck of seed and instance', async () => {
  const { body, accepts, advance } = createGuests();
  body.start(spec('a'), () => {});
  await advance(9);
  expect(accepts('a')).toBe(false);
  await advance(1);
  expect(accepts('a')).toBe(true);

  async function bootMs(seed: string): Promise<number> {
    const other = createGuests(seed);
    other.body.start(spec('a', { bootMs: { kind: 'uniform', minMs: 0, maxMs: 1e6 } }), () => {});
    other.scheduler.after(2e6, () => {});
    for (let ms = 0; ; ms += 1_000) {
      if (other.accepts('a')) return ms;
      await other.advance(1_000);
    }
  }
  expect(await bootMs('one')).toBe(await bootMs('one'));
  expect(await bootMs('one')).not.toBe(await bootMs('two'));
});

test('stop() lets the guest finish and tells of its exit once', async () => {
  const { body, accepts, advance } = createGuests();
  const exits: string[] = [];
  body.start(spec('a', { bootMs: 0, lameDuckMs: 50 }), (reason) => exits.push(reason));
  body.stop('a');
  body.stop('a');
  await advance(49);
  expect([accepts('a'), exits.length]).toEqual([true, 0]);
  await advance(100);
  expect([accepts('a'), exits.length]).toEqual([false, 1]);
});

test('kill() says nothing, also when the guest was about to exit', async () => {
  const { body, advance } = createGuests();
  const exits: string[] = [];
  body.start(spec('a', { bootMs: 0, lameDuckMs: 50 }), (reason) => exits.push(reason));
  body.stop('a');
  body.kill('a');
  body.start(spec('a', { bootMs: 0 }), (reason) => exits.push(reason));
  await advance(100);
  expect(exits).toEqual([]);
});

test('probe() tells a refusal at once and silence by the timeout', async () => {
  const { body, probe } = createGuests();
  body.start(spec('a', { bootMs: 0, condition: { kind: 'never-healthy' } }), () => {});
  expect(await probe('a', 'http')).toEqual({ success: false, tookMs: 1 });
  expect(await probe('a', 'tcp')).toEqual({ success: true, tookMs: 1 });
  expect(await probe('nobody', 'http', 700)).toEqual({ success: false, tookMs: 700 });
});
