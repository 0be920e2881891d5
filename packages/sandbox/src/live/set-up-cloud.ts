import type { Cloud } from '../model/cloud.ts';
import { stageRoles } from './stage-roles.ts';

/** What a team would have before its first pipeline: a security group for the app, and a role for every stage. */
export function setUpCloud(cloud: Cloud, zone: string, appPort: number): void {
  for (const role of stageRoles) cloud.iam.addRole(role);
  cloud.securityGroups.create(zone, 'hello', 'Lets everybody reach the app');
  const group = cloud.securityGroups.list().find(({ name }) => name === 'hello');
  if (group === undefined) return;
  cloud.securityGroups.addRule(zone, group.id, {
    direction: 'ingress',
    protocol: 'tcp',
    network: '0.0.0.0/0',
    startPort: appPort,
    endPort: appPort,
  });
}
