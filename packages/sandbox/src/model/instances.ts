import type { Instance, InstanceFilter, MachineSettings } from './instance.ts';
import type { InstanceLife } from './instance-life.ts';
import type { InstanceIdentity, InstanceStore } from './instance-store.ts';
import type { Operation, OperationSteps, Operations, RunningOperation } from './operations.ts';
import { type Quotas, quotaExceeded } from './quotas.ts';
import type { ReferenceCheck } from './references.ts';
import { Refusal } from './refusal.ts';

/** Instances as the API sees them: every change is an operation. */
export interface Instances {
  list(filter?: InstanceFilter): readonly Instance[];
  get(zone: string, id: string): Instance;
  create(settings: MachineSettings, identity: InstanceIdentity): Operation;
  update(
    zone: string,
    id: string,
    changes: Partial<Pick<Instance, 'name' | 'labels' | 'userData'>>,
  ): Operation;
  start(zone: string, id: string): Operation;
  stop(zone: string, id: string): Operation;
  reboot(zone: string, id: string): Operation;
  delete(zone: string, id: string): Operation;
  setProtection(zone: string, id: string, isProtected: boolean): Operation;
}

export interface InstancesParts {
  readonly store: InstanceStore;
  readonly life: InstanceLife;
  readonly operations: Operations;
  readonly quotas: () => Quotas;
  /** How many more instances find a host that these anti-affinity groups allow. */
  readonly room: (antiAffinityGroupIds: readonly string[]) => number;
  readonly check: ReferenceCheck;
}

export function createInstances(parts: InstancesParts): Instances {
  const { store, life, operations, quotas } = parts;

  function run(instance: Instance, command: string, steps: OperationSteps): Operation {
    const { zone, id: referenceId } = instance;
    return operations.run(
      { zone, command, referenceId, link: `/v2/instance/${referenceId}` },
      steps,
    );
  }

  function create(settings: MachineSettings, identity: InstanceIdentity): Operation {
    parts.check(identity.zone, settings);
    if (quotas().available('instance') < 1) throw quotaExceeded(quotas(), 'instance');
    const hasHost = parts.room(settings.antiAffinityGroupIds) > 0;
    const instance = store.add(settings, identity);
    return run(instance, 'create-instance', {
      apply(running) {
        if (hasHost) return life.powerOn(instance.id, settle(running));
        life.destroy(instance.id);
        running.fail('unavailable', 'No host is left that the anti-affinity groups allow');
      },
      undo: () => life.destroy(instance.id),
    });
  }

  function change(
    zone: string,
    id: string,
    command: string,
    changes: Partial<Instance>,
  ): Operation {
    return run(store.get(zone, id), command, {
      apply: (running) => {
        if (store.find(id) !== undefined) store.change(id, changes);
        running.succeed();
      },
    });
  }

  function expectState(
    zone: string,
    id: string,
    ...states: readonly Instance['state'][]
  ): Instance {
    const instance = store.get(zone, id);
    if (states.includes(instance.state)) return instance;
    const wanted = states.join(' or ');
    throw new Refusal('conflict', `Instance "${id}" must be ${wanted}: ${instance.state}`);
  }

  /** For what needs a certain state, when it is asked for and again when it takes effect. */
  function runFrom(
    state: Instance['state'],
    zone: string,
    id: string,
    command: string,
    apply: (running: RunningOperation) => void,
  ): Operation {
    return run(expectState(zone, id, state), command, {
      apply(running) {
        if (store.find(id)?.state === state) apply(running);
        else running.fail('conflict', `Instance is no longer ${state}`);
      },
    });
  }

  return {
    list: (filter) => store.list(filter),
    get: (zone, id) => store.get(zone, id),
    create,
    update: (zone, id, changes) => change(zone, id, 'update-instance', changes),
    setProtection: (zone, id, isProtected) =>
      change(zone, id, isProtected ? 'add-instance-protection' : 'remove-instance-protection', {
        isProtected,
      }),
    start: (zone, id) =>
      runFrom('stopped', zone, id, 'start-instance', (running) =>
        life.powerOn(id, settle(running)),
      ),
    stop: (zone, id) =>
      runFrom('running', zone, id, 'stop-instance', (running) =>
        life.powerOff(id, () => running.succeed()),
      ),
    reboot: (zone, id) =>
      runFrom('running', zone, id, 'reboot-instance', (running) =>
        life.powerOff(id, () => life.powerOn(id, settle(running))),
      ),
    delete(zone, id) {
      const instance = expectState(zone, id, 'starting', 'running', 'stopping', 'stopped');
      if (instance.isProtected) throw new Refusal('conflict', `Instance "${id}" is protected`);
      return run(instance, 'delete-instance', {
        apply: (running) => {
          life.whenGone(id, () => running.succeed());
          life.destroy(id);
        },
      });
    },
  };
}

function settle(running: RunningOperation): (isRunning: boolean) => void {
  return (isRunning) => {
    if (isRunning) running.succeed();
    else running.fail('interrupted', 'Instance was deleted before it ran');
  };
}
