import type { PoolChanges } from '../model/merge-pool.ts';
import type { Operation } from '../model/operations.ts';
import type { Pool } from '../model/pool.ts';
import { type Fields, need, type Sent } from './fields.ts';
import { presentMachine, readMachineSettings, readNewMachine } from './machine-fields.ts';
import { presentOperation, presentReferences } from './present.ts';
import { type ApiCall, compute, type Route } from './route.ts';

function presentPool({ cloud }: ApiCall, pool: Pool): object {
  const members = cloud.pools.members(pool.id).map(({ id }) => id);
  return {
    id: pool.id,
    name: pool.name,
    ...(pool.description === '' ? {} : { description: pool.description }),
    size: pool.size,
    state: pool.state,
    ...presentMachine(pool),
    instances: presentReferences(members),
    'instance-prefix': pool.instancePrefix,
    ...(pool.minAvailable === undefined ? {} : { 'min-available': pool.minAvailable }),
    'ipv6-enabled': pool.isIpv6Enabled,
  };
}

interface SentPoolSettings {
  readonly name: Sent<string>;
  readonly description: Sent<string>;
  readonly instancePrefix: Sent<string>;
  readonly minAvailable: Sent<number>;
  readonly isIpv6Enabled: Sent<boolean>;
}

function readPoolSettings(body: Fields): SentPoolSettings {
  return {
    name: body.text('name'),
    description: body.text('description'),
    instancePrefix: body.text('instance-prefix'),
    minAvailable: body.integer('min-available', 0),
    isIpv6Enabled: body.boolean('ipv6-enabled'),
  };
}

function create({ cloud, zone, body }: ApiCall): object {
  const sent = readPoolSettings(body);
  const details = {
    ...readNewMachine(body),
    name: need(sent.name, 'name'),
    description: sent.description ?? '',
    instancePrefix: sent.instancePrefix ?? 'pool',
    minAvailable: sent.minAvailable ?? undefined,
    isIpv6Enabled: sent.isIpv6Enabled ?? false,
  };
  const size = need(body.integer('size', 1), 'size');
  return presentOperation(cloud.pools.create(zone, details, size));
}

function update({ cloud, zone, body, parameter }: ApiCall): object {
  const changes: PoolChanges = { ...readMachineSettings(body), ...readPoolSettings(body) };
  return presentOperation(cloud.pools.update(zone, parameter('id'), changes));
}

function act(change: (call: ApiCall, id: string) => Operation): Route['handle'] {
  return (call) => presentOperation(change(call, call.parameter('id')));
}

export const poolRoutes: readonly Route[] = [
  compute('GET /instance-pool', 'list-instance-pools', (call) => ({
    'instance-pools': call.cloud.pools.list(call.zone).map((pool) => presentPool(call, pool)),
  })),
  compute('POST /instance-pool', 'create-instance-pool', create),
  compute('GET /instance-pool/{id}', 'get-instance-pool', (call) =>
    presentPool(call, call.cloud.pools.get(call.zone, call.parameter('id'))),
  ),
  compute('PUT /instance-pool/{id}', 'update-instance-pool', update),
  compute(
    'PUT /instance-pool/{id}:scale',
    'scale-instance-pool',
    act(({ cloud, zone, body }, id) =>
      cloud.pools.scale(zone, id, need(body.integer('size', 0), 'size')),
    ),
  ),
  compute(
    'PUT /instance-pool/{id}:evict',
    'evict-instance-pool-members',
    act(({ cloud, zone, body }, id) =>
      cloud.pools.evict(zone, id, need(body.texts('instances'), 'instances')),
    ),
  ),
  compute(
    'DELETE /instance-pool/{id}',
    'delete-instance-pool',
    act(({ cloud, zone }, id) => cloud.pools.delete(zone, id)),
  ),
];
