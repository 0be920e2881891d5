import type { Context } from './context.ts';
import type { InstanceStore } from './instance-store.ts';
import type { HealthStatus, LoadBalancer, Service, ServiceDetails } from './load-balancer.ts';
import type { Operation, OperationSteps, Operations } from './operations.ts';
import { type Quotas, quotaExceeded } from './quotas.ts';
import { notFound } from './refusal.ts';
import { createServiceMonitor, type ServiceMonitor } from './service-monitor.ts';

export type LoadBalancerDetails = Pick<LoadBalancer, 'name' | 'description' | 'labels'>;
/** The pool of a service never changes: the real API cannot do that either. */
export type ServiceChanges = Partial<Omit<ServiceDetails, 'poolId'>>;

export interface LoadBalancers {
  list(zone?: string): readonly LoadBalancer[];
  get(zone: string, id: string): LoadBalancer;
  getService(zone: string, id: string, serviceId: string): Service;
  create(zone: string, details: LoadBalancerDetails): Operation;
  update(zone: string, id: string, changes: Partial<LoadBalancerDetails>): Operation;
  delete(zone: string, id: string): Operation;
  addService(zone: string, id: string, details: ServiceDetails): Operation;
  updateService(zone: string, id: string, serviceId: string, changes: ServiceChanges): Operation;
  deleteService(zone: string, id: string, serviceId: string): Operation;
  statuses(serviceId: string): readonly HealthStatus[];
  /** Ids of the instances that get new connections. */
  rotation(serviceId: string): readonly string[];
  /** Those of them that are on and answered the last probe. */
  serving(serviceId: string): readonly string[];
  isServed(poolId: string): boolean;
}

export interface LoadBalancersParts {
  readonly context: Context;
  readonly operations: Operations;
  readonly instances: InstanceStore;
  readonly quotas: () => Quotas;
}

export function createLoadBalancers(parts: LoadBalancersParts): LoadBalancers {
  const { context, operations, instances, quotas } = parts;
  const records = new Map<string, LoadBalancer>();
  const monitors = new Map<string, ServiceMonitor>();

  function get(zone: string, id: string): LoadBalancer {
    const balancer = records.get(id);
    if (balancer === undefined || balancer.zone !== zone) throw notFound('Load balancer', id);
    return balancer;
  }

  function change(id: string, changes: Partial<LoadBalancer>): void {
    const balancer = records.get(id);
    if (balancer !== undefined) records.set(id, { ...balancer, ...changes });
  }

  function run(balancer: LoadBalancer, command: string, steps: OperationSteps): Operation {
    const { zone, id: referenceId } = balancer;
    const link = `/v2/load-balancer/${referenceId}`;
    return operations.run({ zone, command, referenceId, link }, steps);
  }

  function getService(zone: string, id: string, serviceId: string): Service {
    const found = get(zone, id).services.find((one) => one.id === serviceId);
    if (found === undefined) throw notFound('Load balancer service', serviceId);
    return found;
  }

  function setService(id: string, changed: Service, type: 'service-created' | 'service-updated') {
    const balancer = records.get(id);
    if (balancer === undefined) return;
    const others = balancer.services.filter((one) => one.id !== changed.id);
    change(id, { services: [...others, changed] });
    announce(type, balancer, changed);
  }

  function announce(
    type: 'service-created' | 'service-updated' | 'service-deleted',
    { id: loadBalancerId, address }: LoadBalancer,
    { id: serviceId, port, targetPort, protocol, strategy }: Service,
  ): void {
    const ports = { port, targetPort, protocol, strategy };
    context.emit({ type, loadBalancerId, serviceId, address, ...ports });
  }

  function dropService(id: string, serviceId: string): void {
    const balancer = records.get(id);
    const dropped = balancer?.services.find((one) => one.id === serviceId);
    if (balancer === undefined || dropped === undefined) return;
    monitors.get(serviceId)?.close();
    monitors.delete(serviceId);
    change(id, { services: balancer.services.filter((one) => one !== dropped) });
    announce('service-deleted', balancer, dropped);
  }

  function create(zone: string, details: LoadBalancerDetails): Operation {
    if (quotas().available('network-load-balancer') < 1) {
      throw quotaExceeded(quotas(), 'network-load-balancer');
    }
    const id = context.newId('load-balancer');
    const address = context.body.allocateAddress(id);
    const now = { createdAt: context.now(), services: [], state: 'creating' as const };
    const balancer: LoadBalancer = { ...details, id, zone, address, ...now };
    records.set(id, balancer);
    return run(balancer, 'create-load-balancer', {
      apply(running) {
        change(id, { state: 'running' });
        running.succeed();
      },
      undo: () => void records.delete(id),
    });
  }

  function addService(zone: string, id: string, details: ServiceDetails): Operation {
    const balancer = get(zone, id);
    const serviceId = context.newId('load-balancer-service');
    return run(balancer, 'add-service-to-load-balancer', {
      apply(running) {
        const added: Service = { ...details, id: serviceId, state: 'running' };
        setService(id, added, 'service-created');
        const monitor = createServiceMonitor(context, instances, id, added);
        monitors.set(serviceId, monitor);
        monitor.follow();
        running.succeed();
      },
    });
  }

  function updateService(
    zone: string,
    id: string,
    serviceId: string,
    changes: ServiceChanges,
  ): Operation {
    getService(zone, id, serviceId);
    return run(get(zone, id), 'update-load-balancer-service', {
      apply(running) {
        const current = records.get(id)?.services.find((one) => one.id === serviceId);
        if (current === undefined) return running.fail('not-found', 'Service was deleted');
        const changed = { ...current, ...changes };
        monitors.get(serviceId)?.update(changed);
        setService(id, changed, 'service-updated');
        running.succeed();
      },
    });
  }

  instances.watch(({ poolId }) => {
    if (poolId === undefined) return;
    for (const monitor of monitors.values()) monitor.follow();
  });

  return {
    list: (zone) => [...records.values()].filter((one) => zone === undefined || one.zone === zone),
    get,
    getService,
    create,
    update: (zone, id, changes) =>
      run(get(zone, id), 'update-load-balancer', {
        apply(running) {
          change(id, changes);
          running.succeed();
        },
      }),
    delete: (zone, id) =>
      run(get(zone, id), 'delete-load-balancer', {
        apply(running) {
          for (const one of records.get(id)?.services ?? []) dropService(id, one.id);
          records.delete(id);
          running.succeed();
        },
      }),
    addService,
    updateService,
    deleteService(zone, id, serviceId) {
      getService(zone, id, serviceId);
      return run(get(zone, id), 'delete-load-balancer-service', {
        apply(running) {
          dropService(id, serviceId);
          running.succeed();
        },
      });
    },
    statuses: (serviceId) => monitors.get(serviceId)?.statuses() ?? [],
    rotation: (serviceId) => monitors.get(serviceId)?.rotation() ?? [],
    serving: (serviceId) => monitors.get(serviceId)?.serving() ?? [],
    isServed: (poolId) =>
      [...records.values()].some(({ services }) => services.some((one) => one.poolId === poolId)),
  };
}
