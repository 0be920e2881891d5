import type { Instance, InstanceFilter } from '../model/instance.ts';
import type { Operation } from '../model/operations.ts';
import { invalid, need } from './fields.ts';
import { presentMachine, readNewMachine } from './machine-fields.ts';
import { presentDate, presentOperation } from './present.ts';
import { type ApiCall, compute, type Route } from './route.ts';

function presentInstance(instance: Instance): object {
  const { id, name, state, createdAt, poolId, address, publicIpAssignment } = instance;
  return {
    id,
    name,
    state,
    'created-at': presentDate(createdAt),
    ...presentMachine(instance),
    ...(publicIpAssignment === 'none' ? {} : { 'public-ip': address }),
    ...(poolId === undefined ? {} : { manager: { id: poolId, type: 'instance-pool' } }),
    'mac-address': `06:00:${(id.slice(0, 8).match(/../g) ?? []).join(':')}`,
    'tpm-enabled': false,
    'secureboot-enabled': false,
    snapshots: [],
  };
}

/** A list shows less of an instance than a get. */
const missingFromLists: ReadonlySet<string> = new Set([
  'disk-size',
  'user-data',
  'tpm-enabled',
  'secureboot-enabled',
  'anti-affinity-groups',
  'elastic-ips',
  'snapshots',
  'application-consistent-snapshot-enabled',
]);

function presentListItem(instance: Instance): object {
  const entries = Object.entries(presentInstance(instance));
  return Object.fromEntries(entries.filter(([name]) => !missingFromLists.has(name)));
}

function readFilter({ zone, query }: ApiCall): InstanceFilter {
  const text = (name: string) => query.get(name) ?? undefined;
  if (!['instance-pool', undefined].includes(text('manager-type'))) {
    // Nothing here is managed by anything else.
    return { zone, poolId: 'none' };
  }
  return {
    zone,
    poolId: text('manager-id'),
    address: text('ip-address'),
    labels: readLabelFilter(text('labels')),
  };
}

/** JSON, or `name:value` and `name=value` joined by commas: which one the servers take was never measured. */
function readLabelFilter(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined || text === '') return {};
  if (text.startsWith('{')) return parseLabels(text);
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [, name, value] = /^([^:=]+)[:=](.*)$/.exec(pair) ?? [];
      if (name === undefined || value === undefined) throw invalid('labels');
      return [name, value];
    }),
  );
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  try {
    const labels: unknown = JSON.parse(text);
    return Object.fromEntries(Object.entries(labels as object).map(([k, v]) => [k, String(v)]));
  } catch {
    throw invalid('labels');
  }
}

function create({ cloud, zone, body }: ApiCall): object {
  const name = need(body.text('name'), 'name');
  return presentOperation(cloud.instances.create(readNewMachine(body), { zone, name }));
}

function update({ cloud, zone, body, parameter }: ApiCall): object {
  const name = body.text('name');
  const labels = body.labels('labels');
  const userData = body.text('user-data');
  const changes = {
    ...(name == null ? {} : { name }),
    ...(labels == null ? {} : { labels }),
    ...(userData == null ? {} : { userData }),
  };
  return presentOperation(cloud.instances.update(zone, parameter('id'), changes));
}

function act(change: (call: ApiCall, id: string) => Operation): Route['handle'] {
  return (call) => presentOperation(change(call, call.parameter('id')));
}

export const instanceRoutes: readonly Route[] = [
  compute('GET /instance', 'list-instances', (call) => ({
    instances: call.cloud.instances.list(readFilter(call)).map(presentListItem),
  })),
  compute('POST /instance', 'create-instance', create),
  compute('GET /instance/{id}', 'get-instance', ({ cloud, zone, parameter }) =>
    presentInstance(cloud.instances.get(zone, parameter('id'))),
  ),
  compute('PUT /instance/{id}', 'update-instance', update),
  compute(
    'DELETE /instance/{id}',
    'delete-instance',
    act(({ cloud, zone }, id) => cloud.instances.delete(zone, id)),
  ),
  compute(
    'PUT /instance/{id}:start',
    'start-instance',
    act(({ cloud, zone }, id) => cloud.instances.start(zone, id)),
  ),
  compute(
    'PUT /instance/{id}:stop',
    'stop-instance',
    act(({ cloud, zone }, id) => cloud.instances.stop(zone, id)),
  ),
  compute(
    'PUT /instance/{id}:reboot',
    'reboot-instance',
    act(({ cloud, zone }, id) => cloud.instances.reboot(zone, id)),
  ),
  compute(
    'PUT /instance/{id}:add-protection',
    'add-instance-protection',
    act(({ cloud, zone }, id) => cloud.instances.setProtection(zone, id, true)),
  ),
  compute(
    'PUT /instance/{id}:remove-protection',
    'remove-instance-protection',
    act(({ cloud, zone }, id) => cloud.instances.setProtection(zone, id, false)),
  ),
];
