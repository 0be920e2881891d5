import type { ApiKeyRecord } from '../model/api-keys.ts';
import type { Policy, PolicyRule, ServicePolicy } from '../model/policy.ts';
import type { Role } from '../model/roles.ts';
import { asObject, type Fields, invalid, need } from './fields.ts';
import { presentOperation } from './present.ts';
import { type ApiCall, iam, type Route } from './route.ts';

function presentRole(role: Role): object {
  const { id, name, description, isEditable, labels, permissions, policy } = role;
  const { maxSessionTtlSeconds } = role;
  return {
    id,
    name,
    ...(description === '' ? {} : { description }),
    editable: isEditable,
    labels,
    permissions,
    ...(maxSessionTtlSeconds === undefined ? {} : { 'max-session-ttl': maxSessionTtlSeconds }),
    policy,
  };
}

function presentKey({ key, name, roleId }: ApiKeyRecord): object {
  return { key, name, 'role-id': roleId };
}

function readPolicy(source: unknown): Policy {
  const policy = asObject(source);
  const strategy = policy?.['default-service-strategy'];
  const services = asObject(policy?.services);
  if ((strategy !== 'allow' && strategy !== 'deny') || services === undefined) {
    throw invalid('policy');
  }
  const entries = Object.entries(services).map(
    ([name, service]) => [name, readServicePolicy(service)] as const,
  );
  return { 'default-service-strategy': strategy, services: Object.fromEntries(entries) };
}

function readServicePolicy(source: unknown): ServicePolicy {
  const { type, rules = [] } = asObject(source) ?? {};
  if (type !== 'allow' && type !== 'deny' && type !== 'rules') throw invalid('policy.services');
  if (!Array.isArray(rules)) throw invalid('policy.services.rules');
  return { type, rules: rules.map(readRule) };
}

function readRule(source: unknown): PolicyRule {
  const { action, expression } = asObject(source) ?? {};
  const isComplete = typeof expression === 'string' && (action === 'allow' || action === 'deny');
  if (!isComplete) throw invalid('policy.services.rules');
  return { action, expression };
}

function createRole({ cloud, zone, body }: ApiCall): object {
  const details = {
    name: need(body.text('name'), 'name'),
    description: body.text('description') ?? '',
    isEditable: body.boolean('editable') ?? true,
    labels: body.labels('labels') ?? {},
    permissions: body.texts('permissions') ?? [],
    maxSessionTtlSeconds: body.integer('max-session-ttl', 1) ?? undefined,
    policy: readPolicy(body.raw('policy') ?? { 'default-service-strategy': 'allow', services: {} }),
  };
  return presentOperation(cloud.iam.createRole(zone, details));
}

function readRoleChanges(body: Fields): Partial<Role> {
  const sent = {
    description: body.text('description'),
    labels: body.labels('labels'),
    permissions: body.texts('permissions'),
    maxSessionTtlSeconds: body.integer('max-session-ttl', 1),
  };
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value != null));
}

function createKey({ cloud, body }: ApiCall): object {
  const name = need(body.text('name'), 'name');
  const roleId = need(body.text('role-id'), 'role-id');
  const { key, secret } = cloud.iam.createKey(name, roleId);
  return { ...presentKey(cloud.iam.getKey(key)), secret };
}

/** Ends at once, unlike every other deletion: the Vault engine cannot wait for it. */
function deleteKey({ cloud, parameter }: ApiCall): object {
  const { key } = cloud.iam.getKey(parameter('name'));
  const fault = cloud.faults.takeOperation('delete-api-key');
  if (fault === undefined || fault.effect === 'full') cloud.iam.deleteKey(key);
  const reference = { id: cloud.newRequestId(), link: `/v2/api-key/${key}` };
  return {
    id: cloud.newRequestId(),
    state: fault === undefined ? 'success' : (fault.state ?? 'failure'),
    reason: fault?.reason,
    message: fault?.message,
    reference: { ...reference, command: 'get-api-key' },
  };
}

export const iamRoutes: readonly Route[] = [
  iam('GET /iam-role', 'list-iam-roles', ({ cloud }) => ({
    'iam-roles': cloud.iam.listRoles().map(presentRole),
  })),
  iam('POST /iam-role', 'create-iam-role', createRole),
  iam('GET /iam-role/{id}', 'get-iam-role', ({ cloud, parameter }) =>
    presentRole(cloud.iam.getRole(parameter('id'))),
  ),
  iam('PUT /iam-role/{id}', 'update-iam-role', ({ cloud, zone, body, parameter }) =>
    presentOperation(cloud.iam.updateRole(zone, parameter('id'), readRoleChanges(body))),
  ),
  iam('PUT /iam-role/{id}:policy', 'update-iam-role-policy', ({ cloud, zone, body, parameter }) => {
    const policy = readPolicy(body.all);
    return presentOperation(cloud.iam.updateRole(zone, parameter('id'), { policy }));
  }),
  iam('DELETE /iam-role/{id}', 'delete-iam-role', ({ cloud, zone, parameter }) =>
    presentOperation(cloud.iam.deleteRole(zone, parameter('id'))),
  ),
  iam('GET /api-key', 'list-api-keys', ({ cloud }) => ({
    'api-keys': cloud.iam.listKeys().map(presentKey),
  })),
  iam('POST /api-key', 'create-api-key', createKey),
  iam('GET /api-key/{name}', 'get-api-key', ({ cloud, parameter }) =>
    presentKey(cloud.iam.getKey(parameter('name'))),
  ),
  iam('DELETE /api-key/{name}', 'delete-api-key', deleteKey),
];
