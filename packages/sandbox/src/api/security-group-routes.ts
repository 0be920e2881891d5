import type { SecurityGroup, SecurityRule } from '../model/security-groups.ts';
import { need } from './fields.ts';
import { presentOperation } from './present.ts';
import { type ApiCall, compute, type Route } from './route.ts';

const directions = ['ingress', 'egress'] as const;
const protocols = ['tcp', 'udp', 'icmp', 'icmpv6', 'ah', 'esp', 'gre', 'ipip'] as const;

function presentGroup({ cloud }: ApiCall, group: SecurityGroup): object {
  const { id, name, description, rules } = group;
  return {
    id,
    name,
    description,
    visibility: 'private',
    ...(rules.length > 0 && {
      rules: rules.map((rule) => presentRule(cloud.securityGroups.list(), rule)),
    }),
  };
}

function presentRule(groups: readonly SecurityGroup[], rule: SecurityRule): object {
  const group = groups.find(({ id }) => id === rule.securityGroupId);
  return {
    id: rule.id,
    description: rule.description ?? '',
    'flow-direction': rule.direction,
    protocol: rule.protocol,
    network: rule.network,
    'security-group': group && { id: group.id, name: group.name },
    'start-port': rule.startPort,
    'end-port': rule.endPort,
  };
}

function addRule({ cloud, zone, body, parameter }: ApiCall): object {
  const operation = cloud.securityGroups.addRule(zone, parameter('id'), {
    direction: need(body.oneOf('flow-direction', directions), 'flow-direction'),
    protocol: need(body.oneOf('protocol', protocols), 'protocol'),
    description: body.text('description') ?? undefined,
    network: body.text('network') ?? undefined,
    securityGroupId: body.id('security-group') ?? undefined,
    startPort: body.integer('start-port', 1, 65_535) ?? undefined,
    endPort: body.integer('end-port', 1, 65_535) ?? undefined,
  });
  return presentOperation(operation);
}

function list(call: ApiCall): object {
  // The provider's own, public groups are not simulated.
  const isPublic = call.query.get('visibility') === 'public';
  const groups = isPublic ? [] : call.cloud.securityGroups.list();
  return { 'security-groups': groups.map((group) => presentGroup(call, group)) };
}

export const securityGroupRoutes: readonly Route[] = [
  compute('GET /security-group', 'list-security-groups', list),
  compute('POST /security-group', 'create-security-group', ({ cloud, zone, body }) => {
    const name = need(body.text('name'), 'name');
    const description = body.text('description') ?? '';
    return presentOperation(cloud.securityGroups.create(zone, name, description));
  }),
  compute('GET /security-group/{id}', 'get-security-group', (call) =>
    presentGroup(call, call.cloud.securityGroups.get(call.parameter('id'))),
  ),
  compute('DELETE /security-group/{id}', 'delete-security-group', ({ cloud, zone, parameter }) =>
    presentOperation(cloud.securityGroups.delete(zone, parameter('id'))),
  ),
  compute('POST /security-group/{id}/rules', 'add-rule-to-security-group', addRule),
  compute(
    'DELETE /security-group/{id}/rules/{rule}',
    'delete-rule-from-security-group',
    ({ cloud, zone, parameter }) =>
      presentOperation(cloud.securityGroups.deleteRule(zone, parameter('id'), parameter('rule'))),
  ),
];
