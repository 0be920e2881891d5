import { checkOptions } from './check-options.ts';
import type { CallOptions, Client, MutationOptions } from './client.ts';
import { createOnce } from './create-once.ts';
import type { Fields } from './fields.ts';
import { findOne } from './find-one.ts';

export interface SecurityGroupRule {
  readonly id: string;
  readonly direction: string;
  readonly protocol: string;
  /** CIDR. */
  readonly network?: string | undefined;
  readonly startPort?: number | undefined;
  readonly endPort?: number | undefined;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly rules: readonly SecurityGroupRule[];
}

export interface SecurityGroupRuleRequest {
  readonly direction: 'ingress' | 'egress';
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'ah' | 'esp' | 'gre' | 'ipip';
  /** CIDR that traffic comes from or goes to; this or {@link securityGroupId}. */
  readonly network?: string | undefined;
  readonly securityGroupId?: string | undefined;
  readonly startPort?: number | undefined;
  readonly endPort?: number | undefined;
  readonly description?: string | undefined;
}

export interface SecurityGroups {
  list(options?: CallOptions): Promise<readonly SecurityGroup[]>;
  /** `undefined` when there is none; two of one name are a `conflict`. */
  findByName(name: string, options?: CallOptions): Promise<SecurityGroup | undefined>;
  create(
    request: { readonly name: string; readonly description?: string | undefined },
    options?: MutationOptions,
  ): Promise<{ readonly id: string }>;
  /** Never repeated by itself: an error may leave the rule there. */
  addRule(id: string, rule: SecurityGroupRuleRequest, options?: MutationOptions): Promise<void>;
}

const ruleKeys = [
  'direction',
  'protocol',
  'network',
  'securityGroupId',
  'startPort',
  'endPort',
  'description',
];

export function createSecurityGroups(client: Client): SecurityGroups {
  const list: SecurityGroups['list'] = async (options) =>
    (await client.read({ path: '/security-group' }, options))
      .list('security-groups')
      .map(readGroup);

  return {
    list,
    findByName: async (name, options) => findOne(await list(options), name, 'GET /security-group'),
    create: async (request, options = {}) => {
      checkOptions('securityGroups.create()', request, ['name', 'description']);
      const body = { name: request.name, description: request.description };
      return createOnce(
        client,
        { method: 'POST', path: '/security-group', body },
        {
          ...options,
          name: request.name,
          find: async () =>
            (await list(options))
              .filter((group) => group.name === request.name)
              .map(({ id }) => ({ id, progress: 'ready' })),
        },
      );
    },
    addRule: async (id, rule, options) => {
      checkOptions('securityGroups.addRule()', rule, ruleKeys);
      const path = '/security-group/{id}/rules';
      await client.mutate({ method: 'POST', path, params: { id }, body: ruleBody(rule) }, options);
    },
  };
}

function readGroup(fields: Fields): SecurityGroup {
  return {
    id: fields.text('id'),
    name: fields.text('name'),
    description: fields.optionalText('description'),
    rules: fields.records('rules').map(readRule),
  };
}

function readRule(fields: Fields): SecurityGroupRule {
  return {
    id: fields.text('id'),
    direction: fields.text('flow-direction'),
    protocol: fields.text('protocol'),
    network: fields.optionalText('network'),
    startPort: fields.optionalCount('start-port'),
    endPort: fields.optionalCount('end-port'),
  };
}

function ruleBody(rule: SecurityGroupRuleRequest): object {
  return {
    'flow-direction': rule.direction,
    protocol: rule.protocol,
    network: rule.network,
    'security-group': rule.securityGroupId === undefined ? undefined : { id: rule.securityGroupId },
    'start-port': rule.startPort,
    'end-port': rule.endPort,
    description: rule.description,
  };
}
