import type { HealthCheck, LoadBalancer, Service, ServiceDetails } from '../model/load-balancer.ts';
import { type Fields, need } from './fields.ts';
import { presentDate, presentOperation } from './present.ts';
import { type ApiCall, compute, type Route } from './route.ts';

const modes = ['tcp', 'http', 'https'] as const;
const protocols = ['tcp', 'udp'] as const;
const strategies = ['round-robin', 'source-hash', 'maglev-hash'] as const;

function presentBalancer(call: ApiCall, balancer: LoadBalancer): object {
  return {
    id: balancer.id,
    name: balancer.name,
    description: balancer.description,
    'created-at': presentDate(balancer.createdAt),
    ip: balancer.address,
    state: balancer.state,
    labels: balancer.labels,
    services: balancer.services.map((service) => presentService(call, service)),
  };
}

function presentService({ cloud, zone }: ApiCall, service: Service): object {
  const { healthCheck, poolId } = service;
  // A member without a public address cannot be told by one.
  const visible = new Set(
    cloud.instances
      .list({ zone, poolId })
      .filter(({ publicIpAssignment }) => publicIpAssignment !== 'none')
      .map(({ id }) => id),
  );
  return {
    id: service.id,
    name: service.name,
    description: service.description,
    'instance-pool': { id: poolId },
    port: service.port,
    'target-port': service.targetPort,
    protocol: service.protocol,
    strategy: service.strategy,
    state: service.state,
    healthcheck: {
      mode: healthCheck.mode,
      port: healthCheck.port,
      uri: healthCheck.uri,
      'tls-sni': healthCheck.tlsSni,
      interval: healthCheck.intervalSeconds,
      timeout: healthCheck.timeoutSeconds,
      retries: healthCheck.retries,
    },
    'healthcheck-status': cloud.loadBalancers
      .statuses(service.id)
      .map(({ instanceId, address, status }) =>
        visible.has(instanceId) ? { 'public-ip': address, status } : { status },
      ),
  };
}

function readHealthCheck({ cloud }: ApiCall, body: Fields): HealthCheck {
  const { interval, timeout } = cloud.minimumCheckSeconds;
  return {
    mode: need(body.oneOf('mode', modes), 'healthcheck.mode'),
    port: need(body.integer('port', 1, 65_535), 'healthcheck.port'),
    uri: body.text('uri') ?? undefined,
    tlsSni: body.text('tls-sni') ?? undefined,
    intervalSeconds: body.integer('interval', interval, 300) ?? 10,
    timeoutSeconds: body.integer('timeout', timeout, 60) ?? 2,
    retries: body.integer('retries', 1, 20) ?? 1,
  };
}

/** Only what the body names. */
function readService(call: ApiCall): Partial<Omit<ServiceDetails, 'poolId'>> {
  const { body } = call;
  const check = body.object('healthcheck');
  const sent = {
    name: body.text('name'),
    description: body.text('description'),
    port: body.integer('port', 1, 65_535),
    targetPort: body.integer('target-port', 1, 65_535),
    protocol: body.oneOf('protocol', protocols),
    strategy: body.oneOf('strategy', strategies),
    healthCheck: check && readHealthCheck(call, check),
  };
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value != null));
}

function addService(call: ApiCall): object {
  const { cloud, zone, body, parameter } = call;
  const sent = readService(call);
  const poolId = need(body.id('instance-pool'), 'instance-pool');
  cloud.pools.get(zone, poolId);
  const operation = cloud.loadBalancers.addService(zone, parameter('id'), {
    poolId,
    name: need(sent.name, 'name'),
    description: sent.description ?? '',
    port: need(sent.port, 'port'),
    targetPort: need(sent.targetPort, 'target-port'),
    protocol: need(sent.protocol, 'protocol'),
    strategy: need(sent.strategy, 'strategy'),
    healthCheck: need(sent.healthCheck, 'healthcheck'),
  });
  return presentOperation(operation);
}

function getService(call: ApiCall): object {
  const { cloud, zone, parameter } = call;
  const service = cloud.loadBalancers.getService(zone, parameter('id'), parameter('service'));
  return presentService(call, service);
}

export const loadBalancerRoutes: readonly Route[] = [
  compute('GET /load-balancer', 'list-load-balancers', (call) => ({
    'load-balancers': call.cloud.loadBalancers
      .list(call.zone)
      .map((balancer) => presentBalancer(call, balancer)),
  })),
  compute('POST /load-balancer', 'create-load-balancer', ({ cloud, zone, body }) =>
    presentOperation(
      cloud.loadBalancers.create(zone, {
        name: need(body.text('name'), 'name'),
        description: body.text('description') ?? '',
        labels: body.labels('labels') ?? {},
      }),
    ),
  ),
  compute('GET /load-balancer/{id}', 'get-load-balancer', (call) =>
    presentBalancer(call, call.cloud.loadBalancers.get(call.zone, call.parameter('id'))),
  ),
  compute('PUT /load-balancer/{id}', 'update-load-balancer', ({ cloud, zone, body, parameter }) => {
    const sent = {
      name: body.text('name'),
      description: body.text('description'),
      labels: body.labels('labels'),
    };
    const changes = Object.entries(sent).filter(([, value]) => value != null);
    return presentOperation(
      cloud.loadBalancers.update(zone, parameter('id'), Object.fromEntries(changes)),
    );
  }),
  compute('DELETE /load-balancer/{id}', 'delete-load-balancer', ({ cloud, zone, parameter }) =>
    presentOperation(cloud.loadBalancers.delete(zone, parameter('id'))),
  ),
  compute('POST /load-balancer/{id}/service', 'add-service-to-load-balancer', addService),
  compute('GET /load-balancer/{id}/service/{service}', 'get-load-balancer-service', getService),
  compute('PUT /load-balancer/{id}/service/{service}', 'update-load-balancer-service', (call) => {
    const { cloud, zone, parameter } = call;
    const ids = [parameter('id'), parameter('service')] as const;
    return presentOperation(cloud.loadBalancers.updateService(zone, ...ids, readService(call)));
  }),
  compute(
    'DELETE /load-balancer/{id}/service/{service}',
    'delete-load-balancer-service',
    ({ cloud, zone, parameter }) => {
      const ids = [parameter('id'), parameter('service')] as const;
      return presentOperation(cloud.loadBalancers.deleteService(zone, ...ids));
    },
  ),
];
