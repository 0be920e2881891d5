import { type Cloud, createCloud } from '../../src/model/cloud.ts';
import type { CloudEvent } from '../../src/model/events.ts';
import type { Prober } from '../../src/model/ports.ts';
import type { Switches } from '../../src/model/switches.ts';
import { createSimulatedGuests } from '../../src/virtual/simulated-guests.ts';
import { createSimulatedImages } from '../../src/virtual/simulated-images.ts';
import { createVirtualTime, type VirtualTime } from '../../src/virtual/virtual-time.ts';

export const quota = 8;
export const retries = 2;

export interface WatchedCloud {
  readonly cloud: Cloud;
  readonly time: VirtualTime;
  readonly events: CloudEvent[];
  /** What went against the rules, in words; empty when nothing did. */
  readonly violations: string[];
}

/** A cloud whose every event is held against the rules that must always hold. */
export function createWatchedCloud(seed: string, switches: Partial<Switches>): WatchedCloud {
  const time = createVirtualTime();
  const { scheduler } = time;
  const guests = createSimulatedGuests({ scheduler, seed });
  const answers = new Map<string, boolean[]>();
  const prober: Prober = {
    probe: (request, answer) =>
      guests.prober.probe(request, (success) => {
        answers.set(request.instanceId, [...(answers.get(request.instanceId) ?? []), success]);
        answer(success);
      }),
  };
  const cloud = createCloud({
    scheduler,
    prober,
    body: guests.body,
    images: createSimulatedImages(),
    admin: { key: 'EXOadmin', secret: 'secret' },
    seed,
    switches,
    quotas: { instance: quota },
  });
  const events: CloudEvent[] = [];
  const violations: string[] = [];
  const rotations = new Map<string, readonly string[]>();

  function expectRule(isKept: boolean, rule: string): void {
    if (!isKept) violations.push(`${time.clock.monotonicMs()} ms: ${rule}`);
  }

  function checkRotation(serviceId: string, next: readonly string[]): void {
    const before = rotations.get(serviceId) ?? [];
    rotations.set(serviceId, next);
    for (const id of next.filter((one) => !before.includes(one))) {
      expectRule(answers.get(id)?.at(-1) === true, `${id} was admitted without a success`);
    }
    for (const id of before.filter((one) => !next.includes(one))) {
      const instance = cloud.instances.list().find((one) => one.id === id);
      const recent = (answers.get(id) ?? []).slice(-retries);
      const hasFailed = recent.length === retries && !recent.includes(true);
      const isGone = instance === undefined || instance.isDeregistered;
      expectRule(isGone || hasFailed, `${id} left the rotation after ${recent.join()}`);
    }
  }

  cloud.subscribe((event) => {
    events.push(event);
    const { instances, pools } = cloud.snapshot();
    expectRule(instances.now <= quota, `${instances.now} instances exceed the quota`);
    if (event.type === 'rotation-changed') checkRotation(event.serviceId, event.instanceIds);
    if (event.type === 'serving-changed') {
      const rotation = cloud.loadBalancers.rotation(event.serviceId);
      for (const id of event.instanceIds) {
        expectRule(rotation.includes(id), `${id} serves outside the rotation`);
        const isOn = cloud.instances.list().find((one) => one.id === id)?.isOn;
        expectRule(isOn === true, `${id} serves without power`);
      }
    }
    if (event.type === 'member-joined') {
      const pool = pools.find(({ id }) => id === event.poolId);
      expectRule(event.templateId === pool?.templateId, 'a member joined with another template');
    }
    if (event.type === 'pool-changed' && event.state === 'running') {
      const pool = pools.find(({ id }) => id === event.poolId);
      const moving = pool?.members.filter(({ state }) => /starting|destroying/.test(state)) ?? [];
      expectRule(moving.length === 0, 'a pool rests while members move');
    }
  });
  return { cloud, time, events, violations };
}
