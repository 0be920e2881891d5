import type { Context } from './context.ts';
import {
  type Instance,
  type InstanceFilter,
  type InstanceState,
  type MachineSettings,
  matchesFilter,
} from './instance.ts';
import { notFound } from './refusal.ts';

export interface InstanceIdentity {
  readonly zone: string;
  readonly name: string;
  readonly poolId?: string | undefined;
}

/** Told when state or power change; `from` is the state before, `undefined` at birth. */
export type InstanceHook = (instance: Instance, from: InstanceState | undefined) => void;

export interface InstanceStore {
  add(settings: MachineSettings, identity: InstanceIdentity): Instance;
  find(id: string): Instance | undefined;
  get(zone: string, id: string): Instance;
  list(filter?: InstanceFilter): readonly Instance[];
  /** Changes what is given; a changed state is an event, a changed state or power calls the hooks. */
  change(id: string, changes: Partial<Instance>): Instance;
  /** Hooks are the cloud's own parts; they act after the event is out, so that causes precede effects. */
  watch(hook: InstanceHook): void;
  /** How many there have ever been. */
  countEver(): number;
}

export function createInstanceStore(context: Context): InstanceStore {
  const records = new Map<string, Instance>();
  const hooks: InstanceHook[] = [];
  let ever = 0;

  function announce(instance: Instance, from: InstanceState | undefined): void {
    const { id: instanceId, name, zone, poolId, templateId, address, state } = instance;
    const type = 'instance-changed';
    context.emit({ type, instanceId, name, zone, poolId, templateId, address, from, state });
  }

  function add(settings: MachineSettings, identity: InstanceIdentity): Instance {
    const id = context.newId('instance');
    const instance: Instance = {
      ...settings,
      ...identity,
      id,
      createdAt: context.now(),
      address: context.body.allocateAddress(id),
      state: 'starting',
      isOn: false,
      isProtected: false,
      isDeregistered: false,
    };
    ever += 1;
    records.set(id, instance);
    announce(instance, undefined);
    for (const hook of hooks) hook(instance, undefined);
    return instance;
  }

  function get(zone: string, id: string): Instance {
    const instance = records.get(id);
    if (instance === undefined || instance.zone !== zone) throw notFound('Instance', id);
    return instance;
  }

  function change(id: string, changes: Partial<Instance>): Instance {
    const before = records.get(id);
    if (before === undefined) throw notFound('Instance', id);
    const instance = { ...before, ...changes };
    if (instance.state === 'destroyed') records.delete(id);
    else records.set(id, instance);
    if (instance.state !== before.state) announce(instance, before.state);
    if (instance.state !== before.state || instance.isOn !== before.isOn) {
      for (const hook of hooks) hook(instance, before.state);
    }
    return instance;
  }

  return {
    add,
    find: (id) => records.get(id),
    get,
    list: (filter = {}) => [...records.values()].filter((one) => matchesFilter(one, filter)),
    change,
    watch: (hook) => void hooks.push(hook),
    countEver: () => ever,
  };
}
