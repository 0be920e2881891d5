import type { Context } from './context.ts';
import type { LoadBalancer, ServiceDetails } from './load-balancer.ts';
import type { Operation, OperationSteps, Operations } from './operations.ts';
import { type Quotas, quotaExceeded } from './quotas.ts';
import type { ServiceBoard } from './service-board.ts';

export type LoadBalancerDetails = Pick<LoadBalancer, 'name' | 'description' | 'labels'>;
/** The pool of a service never changes: the real API cannot do that either. */
export type ServiceChanges = Partial<Omit<ServiceDetails, 'poolId'>>;

/** Load balancers as the API sees them: every change is an operation. */
export interface LoadBalancers
  extends Pick<ServiceBoard, 'list' | 'get' | 'getService' | 'statuses' | 'rotation' | 'serving'> {
  create(zone: string, details: LoadBalancerDetails): Operation;
  update(zone: string, id: string, changes: Partial<LoadBalancerDetails>): Operation;
  delete(zone: string, id: string): Operation;
  addService(zone: string, id: string, details: ServiceDetails): Operation;
  updateService(zone: string, id: string, serviceId: string, changes: ServiceChanges): Operation;
  deleteService(zone: string, id: string, serviceId: string): Operation;
  isServed(poolId: string): boolean;
}

export interface LoadBalancersParts {
  readonly context: Context;
  readonly operations: Operations;
  readonly board: ServiceBoard;
  readonly quotas: () => Quotas;
}

export function createLoadBalancers(parts: LoadBalancersParts): LoadBalancers {
  const { context, operations, board, quotas } = parts;

  function run({ zone, id }: LoadBalancer, command: string, steps: OperationSteps): Operation {
    const subject = { zone, command, referenceId: id, link: `/v2/load-balancer/${id}` };
    return operations.run(subject, steps);
  }

  /** For what succeeds whatever has become of the balancer meanwhile. */
  function runSimply(zone: string, id: string, command: string, apply: () => void): Operation {
    return run(board.get(zone, id), command, {
      apply(running) {
        apply();
        running.succeed();
      },
    });
  }

  function create(zone: string, details: LoadBalancerDetails): Operation {
    if (quotas().available('network-load-balancer') < 1) {
      throw quotaExceeded(quotas(), 'network-load-balancer');
    }
    const id = context.newId('load-balancer');
    const balancer = board.add({
      ...details,
      id,
      zone,
      address: context.body.allocateAddress(id),
      state: 'creating',
      createdAt: context.now(),
      services: [],
    });
    return run(balancer, 'create-load-balancer', {
      apply(running) {
        board.change(id, { state: 'running' });
        running.succeed();
      },
      undo: () => board.remove(id),
    });
  }

  function addService(zone: string, id: string, details: ServiceDetails): Operation {
    const serviceId = context.newId('load-balancer-service');
    return runSimply(zone, id, 'add-service-to-load-balancer', () =>
      board.addService(id, { ...details, id: serviceId, state: 'running' }),
    );
  }

  function updateService(
    zone: string,
    id: string,
    serviceId: string,
    changes: ServiceChanges,
  ): Operation {
    board.getService(zone, id, serviceId);
    return run(board.get(zone, id), 'update-load-balancer-service', {
      apply(running) {
        const current = board.find(id)?.services.find((one) => one.id === serviceId);
        if (current === undefined) {
          running.fail('not-found', 'Service was deleted');
          return;
        }
        board.changeService(id, { ...current, ...changes });
        running.succeed();
      },
    });
  }

  function deleteService(zone: string, id: string, serviceId: string): Operation {
    board.getService(zone, id, serviceId);
    return runSimply(zone, id, 'delete-load-balancer-service', () =>
      board.removeService(id, serviceId),
    );
  }

  const { list, get, getService, statuses, rotation, serving } = board;
  return {
    list,
    get,
    getService,
    statuses,
    rotation,
    serving,
    create,
    update: (zone, id, changes) =>
      runSimply(zone, id, 'update-load-balancer', () => board.change(id, changes)),
    delete: (zone, id) => runSimply(zone, id, 'delete-load-balancer', () => board.remove(id)),
    addService,
    updateService,
    deleteService,
    isServed: (poolId) =>
      board.list().some(({ services }) => services.some((one) => one.poolId === poolId)),
  };
}
