import type { Context } from './context.ts';
import type { InstanceStore } from './instance-store.ts';
import type { HealthStatus, LoadBalancer, Service } from './load-balancer.ts';
import { notFound } from './refusal.ts';
import { createServiceMonitor, type ServiceMonitor } from './service-monitor.ts';

/** Load balancers with their services, and what watches over each of them. */
export interface ServiceBoard {
  add(balancer: LoadBalancer): LoadBalancer;
  find(id: string): LoadBalancer | undefined;
  get(zone: string, id: string): LoadBalancer;
  getService(zone: string, id: string, serviceId: string): Service;
  list(zone?: string): readonly LoadBalancer[];
  /** Does nothing when the balancer is gone. */
  change(id: string, changes: Partial<LoadBalancer>): void;
  remove(id: string): void;
  addService(id: string, service: Service): void;
  changeService(id: string, service: Service): void;
  removeService(id: string, serviceId: string): void;
  statuses(serviceId: string): readonly HealthStatus[];
  /** Ids of the instances that get new connections. */
  rotation(serviceId: string): readonly string[];
  /** Those of them that are on and answered the last probe. */
  serving(serviceId: string): readonly string[];
}

export function createServiceBoard(context: Context, instances: InstanceStore): ServiceBoard {
  const records = new Map<string, LoadBalancer>();
  const monitors = new Map<string, ServiceMonitor>();

  function get(zone: string, id: string): LoadBalancer {
    const balancer = records.get(id);
    if (balancer === undefined || balancer.zone !== zone) throw notFound('Load balancer', id);
    return balancer;
  }

  function getService(zone: string, id: string, serviceId: string): Service {
    const found = get(zone, id).services.find((one) => one.id === serviceId);
    if (found === undefined) throw notFound('Load balancer service', serviceId);
    return found;
  }

  function change(id: string, changes: Partial<LoadBalancer>): void {
    const balancer = records.get(id);
    if (balancer !== undefined) records.set(id, { ...balancer, ...changes });
  }

  function announce(
    type: 'service-created' | 'service-updated' | 'service-deleted',
    { id: loadBalancerId, address }: LoadBalancer,
    { id: serviceId, port, targetPort, protocol, strategy }: Service,
  ): void {
    const ports = { port, targetPort, protocol, strategy };
    context.emit({ type, loadBalancerId, serviceId, address, ...ports });
  }

  function addService(id: string, service: Service): void {
    const balancer = records.get(id);
    if (balancer === undefined) return;
    change(id, { services: [...balancer.services, service] });
    announce('service-created', balancer, service);
    const monitor = createServiceMonitor(context, instances, id, service);
    monitors.set(service.id, monitor);
    monitor.follow();
  }

  function changeService(id: string, service: Service): void {
    const balancer = records.get(id);
    if (balancer === undefined) return;
    const replace = (one: Service) => (one.id === service.id ? service : one);
    change(id, { services: balancer.services.map(replace) });
    monitors.get(service.id)?.update(service);
    announce('service-updated', balancer, service);
  }

  function removeService(id: string, serviceId: string): void {
    const balancer = records.get(id);
    const removed = balancer?.services.find((one) => one.id === serviceId);
    if (balancer === undefined || removed === undefined) return;
    monitors.get(serviceId)?.close();
    monitors.delete(serviceId);
    change(id, { services: balancer.services.filter((one) => one !== removed) });
    announce('service-deleted', balancer, removed);
  }

  instances.watch(({ poolId }) => {
    if (poolId === undefined) return;
    for (const monitor of monitors.values()) monitor.follow();
  });

  return {
    add(balancer) {
      records.set(balancer.id, balancer);
      return balancer;
    },
    find: (id) => records.get(id),
    get,
    getService,
    list: (zone) => [...records.values()].filter((one) => zone === undefined || one.zone === zone),
    change,
    remove(id) {
      for (const service of records.get(id)?.services ?? []) removeService(id, service.id);
      records.delete(id);
    },
    addService,
    changeService,
    removeService,
    statuses: (serviceId) => monitors.get(serviceId)?.statuses() ?? [],
    rotation: (serviceId) => monitors.get(serviceId)?.rotation() ?? [],
    serving: (serviceId) => monitors.get(serviceId)?.serving() ?? [],
  };
}
