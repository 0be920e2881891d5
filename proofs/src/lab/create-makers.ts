import type { InstanceRequest } from '@exoship/exoscale-api';
import { scaleTo } from './calls.ts';
import type { LabOptions } from './create-lab.ts';
import type { Ground, GuestKind } from './ground.ts';
import type { Eyes, Hands, Makers } from './lab.ts';
import { LabError } from './lab-error.ts';
import { namePrefix, runLabel } from './names.ts';

export function createMakers(
  ground: Ground,
  { runId, needs, signal, onBoot }: LabOptions,
  { pool, rest, must }: Eyes & Hands,
): Makers {
  const { exoscale, clock, pace, port } = ground;
  const prefix = namePrefix(runId);
  const labels = { [runLabel]: runId };
  const patience = { signal, deadlineMs: pace.patienceMs };
  let charged = 0;
  let made = 0;

  const charge: Makers['charge'] = (instances) => {
    charged += instances;
    if (charged <= needs.instances) return;
    const planned = `${needs.instances} were planned`;
    throw new LabError('over-budget', `Needs ${charged} instances, and ${planned}`);
  };

  const createPool: Makers['createPool'] = async ({ guest = 'web', isAwaited = true, ...wish }) => {
    charge(wish.size);
    made += 1;
    const startedMs = clock.monotonicMs();
    const identity = { name: `${prefix}-pool-${made}`, instancePrefix: prefix };
    const machine = await describeMachine(ground, guest, signal);
    const request = { ...wish, ...machine, ...identity, labels: { ...wish.labels, ...labels } };
    const { id } = await exoscale.pools.create(request, patience);
    if (!isAwaited) return id;
    await rest(id);
    if (wish.size === 1) onBoot(clock.monotonicMs() - startedMs);
    return id;
  };

  return {
    charge,
    createPool,
    createInstance: async (name, guest) => {
      charge(1);
      const machine = await describeMachine(ground, guest, signal);
      const request = { ...machine, name: `${prefix}-${name}`, labels };
      return (await exoscale.instances.create(request, patience)).id;
    },
    createBalancer: async (poolId) => {
      const { id } = await exoscale.loadBalancers.create({ name: `${prefix}-front` }, patience);
      const healthCheck = { mode: 'http', port, uri: '/', retries: 2, ...pace.check } as const;
      const service = { name: 'http', poolId, port, targetPort: port, healthCheck };
      await exoscale.loadBalancers.addService(id, service, patience);
      return id;
    },
    scale: async (id, size) => {
      charge(Math.max(0, size - (await pool(id)).size));
      await must(scaleTo(id, size));
      await rest(id);
    },
  };
}

type Machine = Pick<InstanceRequest, 'templateId' | 'userData' | 'instanceTypeId' | 'diskSizeGib'>;

async function describeMachine(
  { exoscale, instanceType, guest }: Ground,
  kind: GuestKind,
  signal: AbortSignal,
): Promise<Machine> {
  const type = await exoscale.instanceTypes.find(instanceType, { signal });
  if (type !== undefined) return { ...guest(kind), instanceTypeId: type.id, diskSizeGib: 10 };
  throw new LabError('refused', `There is no instance type "${instanceType}"`);
}
