import { checkOptions } from './check-options.ts';
import type { CallOptions, Client, MutationOptions } from './client.ts';
import { createOnce, type Found } from './create-once.ts';
import { type HealthCheck, type LoadBalancer, readLoadBalancer } from './load-balancer-views.ts';

export interface ServiceRequest {
  /** Unique within the load balancer. */
  readonly name: string;
  readonly poolId: string;
  /** Port of the load balancer. */
  readonly port: number;
  /** Port of the members. */
  readonly targetPort: number;
  /** @default 'tcp' */
  readonly protocol?: 'tcp' | 'udp' | undefined;
  /** @default 'round-robin' */
  readonly strategy?: 'round-robin' | 'source-hash' | 'maglev-hash' | undefined;
  /** Durations are whole seconds for Exoscale. */
  readonly healthCheck: HealthCheck;
}

export interface LoadBalancers {
  list(options?: CallOptions): Promise<readonly LoadBalancer[]>;
  get(id: string, options?: CallOptions): Promise<LoadBalancer>;
  create(
    request: { readonly name: string; readonly description?: string | undefined },
    options?: MutationOptions,
  ): Promise<{ readonly id: string }>;
  addService(id: string, request: ServiceRequest, options?: MutationOptions): Promise<void>;
  /** Deleting what is gone is no error. */
  delete(id: string, options?: MutationOptions): Promise<void>;
}

const path = '/load-balancer/{id}';
const serviceKeys = ['name', 'poolId', 'port', 'targetPort', 'protocol', 'strategy', 'healthCheck'];

export function createLoadBalancers(client: Client): LoadBalancers {
  const list: LoadBalancers['list'] = async (options) =>
    (await client.read({ path: '/load-balancer' }, options))
      .list('load-balancers')
      .map(readLoadBalancer);
  const get: LoadBalancers['get'] = async (id, options) =>
    readLoadBalancer(await client.read({ path, params: { id } }, options));

  return {
    list,
    get,
    create: async (request, options = {}) => {
      checkOptions('loadBalancers.create()', request, ['name', 'description']);
      const body = { name: request.name, description: request.description };
      return createOnce(
        client,
        { method: 'POST', path: '/load-balancer', body },
        {
          ...options,
          name: request.name,
          find: async () => (await list(options)).filter(isNamed(request.name)).map(asFound),
        },
      );
    },
    addService: async (id, request, options = {}) => {
      checkOptions('loadBalancers.addService()', request, serviceKeys);
      const body = serviceBody(request);
      await createOnce(
        client,
        { method: 'POST', path: `${path}/service`, params: { id }, body },
        {
          ...options,
          name: request.name,
          find: async () =>
            (await get(id, options)).services.filter(isNamed(request.name)).map(asFound),
        },
      );
    },
    delete: (id, options) => client.remove(path, { id }, options),
  };
}

function isNamed(name: string): (item: { readonly name: string }) => boolean {
  return (item) => item.name === name;
}

function asFound(item: { readonly id: string; readonly state?: string | undefined }): Found {
  if (item.state === 'error') return { id: item.id, progress: 'failed' };
  return { id: item.id, progress: item.state === 'creating' ? 'pending' : 'ready' };
}

function serviceBody(request: ServiceRequest): object {
  const { healthCheck } = request;
  return {
    name: request.name,
    'instance-pool': { id: request.poolId },
    protocol: request.protocol ?? 'tcp',
    strategy: request.strategy ?? 'round-robin',
    port: request.port,
    'target-port': request.targetPort,
    healthcheck: {
      mode: healthCheck.mode,
      port: healthCheck.port,
      uri: healthCheck.uri,
      interval: Math.round(healthCheck.intervalMs / 1000),
      timeout: Math.round(healthCheck.timeoutMs / 1000),
      retries: healthCheck.retries,
    },
  };
}
