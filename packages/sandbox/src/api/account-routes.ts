import type { AuditEntry } from '../model/audit.ts';
import type { InstanceType } from '../model/catalog.ts';
import { notFound } from '../model/refusal.ts';
import { invalid, need } from './fields.ts';
import { presentOperation } from './present.ts';
import { type ApiCall, compute, type Route } from './route.ts';

const dayMs = 24 * 60 * 60 * 1000;

function listZones({ cloud, endpoints }: ApiCall): object {
  return {
    zones: cloud.catalog.zones.map((name) => ({
      id: cloud.catalog.zoneId(name),
      name,
      'api-endpoint': endpoints.endpointFor(name),
      'sos-endpoint': endpoints.sosEndpointFor(name),
    })),
  };
}

function presentInstanceType({ cloud }: ApiCall, type: InstanceType): object {
  const { id, family, size, cpus, memoryBytes: memory } = type;
  return { id, family, size, cpus, memory, authorized: true, zones: cloud.catalog.zones };
}

function readDate({ query }: ApiCall, name: string): Date | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw invalid(name);
  return date;
}

function presentAuditEntry({ cloud }: ApiCall, entry: AuditEntry): object {
  const record = cloud.iam.listKeys().find(({ key }) => key === entry.key);
  return {
    'request-id': entry.requestId,
    timestamp: entry.at.toISOString(),
    zone: entry.zone,
    handler: entry.operation,
    uri: entry.uri,
    status: entry.status,
    'source-ip': entry.sourceAddress,
    'iam-api-key': { key: entry.key, name: record?.name, 'role-id': record?.roleId },
  };
}

function listEvents(call: ApiCall): object {
  const from = readDate(call, 'from') ?? new Date(call.cloud.now().getTime() - dayMs);
  const entries = call.cloud.audit.list({ from, to: readDate(call, 'to') });
  return entries.map((entry) => presentAuditEntry(call, entry));
}

/** Kinds of which there is none here: lists that the clients ask for on their way. */
const emptyLists = [
  ['elastic-ip', 'elastic-ips'],
  ['private-network', 'private-networks'],
  ['deploy-target', 'deploy-targets'],
] as const;

function emptyRoutes([kind, plural]: (typeof emptyLists)[number]): readonly Route[] {
  return [
    compute(`GET /${kind}`, `list-${plural}`, () => ({ [plural]: [] })),
    compute(`GET /${kind}/{id}`, `get-${kind}`, ({ parameter }) => {
      throw notFound(kind, parameter('id'));
    }),
  ];
}

const sshKeyRoutes: readonly Route[] = [
  compute('GET /ssh-key', 'list-ssh-keys', ({ cloud }) => ({
    'ssh-keys': cloud.sshKeys.list().map(({ name, fingerprint }) => ({ name, fingerprint })),
  })),
  compute('POST /ssh-key', 'register-ssh-key', ({ cloud, zone, body }) => {
    const name = need(body.text('name'), 'name');
    const publicKey = need(body.text('public-key'), 'public-key');
    return presentOperation(cloud.sshKeys.register(zone, name, publicKey));
  }),
  compute('GET /ssh-key/{name}', 'get-ssh-key', ({ cloud, parameter }) => {
    const { name, fingerprint } = cloud.sshKeys.get(parameter('name'));
    return { name, fingerprint };
  }),
  compute('DELETE /ssh-key/{name}', 'delete-ssh-key', ({ cloud, zone, parameter }) =>
    presentOperation(cloud.sshKeys.delete(zone, parameter('name'))),
  ),
];

export const accountRoutes: readonly Route[] = [
  { ...compute('GET /zone', 'list-zones', listZones), isPublic: true },
  compute('GET /operation/{id}', 'get-operation', ({ cloud, parameter }) =>
    presentOperation(cloud.operations.get(parameter('id'))),
  ),
  compute('GET /instance-type', 'list-instance-types', (call) => ({
    'instance-types': call.cloud.catalog.instanceTypes.map((type) =>
      presentInstanceType(call, type),
    ),
  })),
  compute('GET /instance-type/{id}', 'get-instance-type', (call) =>
    presentInstanceType(call, call.cloud.catalog.instanceType(call.parameter('id'))),
  ),
  compute('GET /quota', 'list-quotas', ({ cloud }) => ({ quotas: cloud.quotas.list() })),
  compute('GET /quota/{id}', 'get-quota', ({ cloud, parameter }) =>
    cloud.quotas.get(parameter('id')),
  ),
  compute('GET /organization', 'get-organization', ({ cloud }) => ({
    id: cloud.organizationId,
    name: 'sandbox',
    currency: 'CHF',
  })),
  compute('GET /event', 'list-events', listEvents),
  ...sshKeyRoutes,
  ...emptyLists.flatMap(emptyRoutes),
  compute('GET /reverse-dns/instance/{id}', 'get-reverse-dns-instance', ({ parameter }) => {
    throw notFound('Reverse DNS of instance', parameter('id'));
  }),
];
