import { encodeUserData, idReferences, nameReferences } from './wire.ts';

export interface PoolRequest {
  /** Unique: a create whose answer is lost is found again by it. */
  readonly name: string;
  /** At least 1. */
  readonly size: number;
  readonly templateId: string;
  readonly instanceTypeId: string;
  /** 10 to 51 200. */
  readonly diskSizeGib: number;
  readonly description?: string | undefined;
  readonly securityGroupIds?: readonly string[] | undefined;
  readonly antiAffinityGroupIds?: readonly string[] | undefined;
  readonly privateNetworkIds?: readonly string[] | undefined;
  readonly sshKeyNames?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly publicIpAssignment?: 'inet4' | 'dual' | 'none' | undefined;
  /** Start of the members' names. @default 'pool', by Exoscale */
  readonly instancePrefix?: string | undefined;
  readonly minAvailable?: number | undefined;
  /** Cloud-init, as plain text. */
  readonly userData?: string | undefined;
}

export const poolRequestKeys: readonly string[] = [
  'name',
  'size',
  'templateId',
  'instanceTypeId',
  'diskSizeGib',
  'description',
  'securityGroupIds',
  'antiAffinityGroupIds',
  'privateNetworkIds',
  'sshKeyNames',
  'labels',
  'publicIpAssignment',
  'instancePrefix',
  'minAvailable',
  'userData',
];

export function poolBody(request: PoolRequest): object {
  return {
    name: request.name,
    size: request.size,
    description: request.description,
    template: { id: request.templateId },
    'instance-type': { id: request.instanceTypeId },
    'disk-size': request.diskSizeGib,
    'security-groups': idReferences(request.securityGroupIds),
    'anti-affinity-groups': idReferences(request.antiAffinityGroupIds),
    'private-networks': idReferences(request.privateNetworkIds),
    'ssh-keys': nameReferences(request.sshKeyNames),
    'public-ip-assignment': request.publicIpAssignment,
    'instance-prefix': request.instancePrefix,
    'min-available': request.minAvailable,
    'user-data': encodeUserData(request.userData),
    labels: request.labels,
  };
}
