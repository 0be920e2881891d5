import type { AntiAffinityGroup } from '../model/anti-affinity-groups.ts';
import { need } from './fields.ts';
import { presentOperation } from './present.ts';
import { type ApiCall, compute, type Route } from './route.ts';

function present({ cloud }: ApiCall, { id, name, description }: AntiAffinityGroup): object {
  const members = cloud.instances
    .list()
    .filter(({ antiAffinityGroupIds }) => antiAffinityGroupIds.includes(id));
  return { id, name, description, instances: members.map((member) => ({ id: member.id })) };
}

export const antiAffinityRoutes: readonly Route[] = [
  compute('GET /anti-affinity-group', 'list-anti-affinity-groups', (call) => ({
    'anti-affinity-groups': call.cloud.antiAffinityGroups
      .list()
      .map((group) => present(call, group)),
  })),
  compute('POST /anti-affinity-group', 'create-anti-affinity-group', ({ cloud, zone, body }) => {
    const name = need(body.text('name'), 'name');
    const description = body.text('description') ?? '';
    return presentOperation(cloud.antiAffinityGroups.create(zone, name, description));
  }),
  compute('GET /anti-affinity-group/{id}', 'get-anti-affinity-group', (call) =>
    present(call, call.cloud.antiAffinityGroups.get(call.parameter('id'))),
  ),
  compute(
    'DELETE /anti-affinity-group/{id}',
    'delete-anti-affinity-group',
    ({ cloud, zone, parameter }) =>
      presentOperation(cloud.antiAffinityGroups.delete(zone, parameter('id'))),
  ),
];
