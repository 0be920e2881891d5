import type { Instance, MachineSettings } from '../model/instance.ts';
import type { Pool } from '../model/pool.ts';
import { type Fields, need, type Sent } from './fields.ts';
import { presentReferences } from './present.ts';

/** What instances and pools have in common, as far as a body names it. */
export type SentMachineSettings = {
  readonly [Field in keyof MachineSettings]: Sent<MachineSettings[Field]>;
};

const assignments = ['inet4', 'dual', 'none'] as const;

export function readMachineSettings(body: Fields): SentMachineSettings {
  return {
    templateId: body.id('template'),
    instanceTypeId: body.id('instance-type'),
    diskSizeGib: body.integer('disk-size', 10, 51_200),
    securityGroupIds: body.ids('security-groups'),
    antiAffinityGroupIds: body.ids('anti-affinity-groups'),
    elasticIpIds: body.ids('elastic-ips'),
    privateNetworkIds: body.ids('private-networks'),
    sshKeyNames: readSshKeys(body),
    publicIpAssignment: body.oneOf('public-ip-assignment', assignments),
    deployTargetId: body.id('deploy-target'),
    userData: body.text('user-data'),
    labels: body.labels('labels'),
  };
}

/** For a new one: what must be there is, the rest has its default. */
export function readNewMachine(body: Fields): MachineSettings {
  const sent = readMachineSettings(body);
  return {
    templateId: need(sent.templateId, 'template'),
    instanceTypeId: need(sent.instanceTypeId, 'instance-type'),
    diskSizeGib: need(sent.diskSizeGib, 'disk-size'),
    securityGroupIds: sent.securityGroupIds ?? [],
    antiAffinityGroupIds: sent.antiAffinityGroupIds ?? [],
    elasticIpIds: sent.elasticIpIds ?? [],
    privateNetworkIds: sent.privateNetworkIds ?? [],
    sshKeyNames: sent.sshKeyNames ?? [],
    publicIpAssignment: sent.publicIpAssignment ?? 'inet4',
    deployTargetId: sent.deployTargetId ?? undefined,
    userData: sent.userData ?? '',
    labels: sent.labels ?? {},
  };
}

/** The list wins over the older single key, which the CLI sends as `{}` for none. */
function readSshKeys(body: Fields): Sent<readonly string[]> {
  const names = body.ids('ssh-keys', 'name');
  const name = body.id('ssh-key', 'name');
  if (names !== undefined || name === undefined) return names;
  return name === null ? null : [name];
}

export function presentMachine(machine: Instance | Pool): object {
  const { sshKeyNames, deployTargetId, userData } = machine;
  const [sshKey] = sshKeyNames;
  return {
    'disk-size': machine.diskSizeGib,
    'instance-type': { id: machine.instanceTypeId },
    template: { id: machine.templateId },
    'security-groups': presentReferences(machine.securityGroupIds),
    'anti-affinity-groups': presentReferences(machine.antiAffinityGroupIds),
    'elastic-ips': presentReferences(machine.elasticIpIds),
    'private-networks': presentReferences(machine.privateNetworkIds),
    'ssh-keys': sshKeyNames.map((name) => ({ name })),
    ...(sshKey === undefined ? {} : { 'ssh-key': { name: sshKey } }),
    'public-ip-assignment': machine.publicIpAssignment,
    ...(deployTargetId === undefined ? {} : { 'deploy-target': { id: deployTargetId } }),
    ...(userData === '' ? {} : { 'user-data': userData }),
    labels: machine.labels,
    'application-consistent-snapshot-enabled': false,
  };
}
