export type InstanceState =
  | 'starting'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'destroying'
  /** Gone; seen in events only. */
  | 'destroyed';

/** What an instance is made of; a pool keeps the same for its future members. */
export interface MachineSettings {
  readonly templateId: string;
  readonly instanceTypeId: string;
  readonly diskSizeGib: number;
  readonly securityGroupIds: readonly string[];
  readonly antiAffinityGroupIds: readonly string[];
  readonly elasticIpIds: readonly string[];
  readonly privateNetworkIds: readonly string[];
  readonly sshKeyNames: readonly string[];
  readonly publicIpAssignment: 'inet4' | 'dual' | 'none';
  readonly deployTargetId?: string | undefined;
  /** Base64, as sent; '' for none. */
  readonly userData: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Instance extends MachineSettings {
  readonly id: string;
  readonly zone: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly poolId?: string | undefined;
  /** Where its body listens. Shown as public only when it has a public address. */
  readonly address: string;
  readonly state: InstanceState;
  /** Its body lives: from power-on until it exits, is stopped or loses its plug. */
  readonly isOn: boolean;
  readonly isProtected: boolean;
  /** Already out of every rotation, on its way out. */
  readonly isDeregistered: boolean;
}

export interface InstanceFilter {
  readonly zone?: string | undefined;
  readonly poolId?: string | undefined;
  readonly address?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export function matchesFilter(instance: Instance, filter: InstanceFilter): boolean {
  const { zone, poolId, address, labels } = filter;
  return (
    (zone === undefined || instance.zone === zone) &&
    (poolId === undefined || instance.poolId === poolId) &&
    (address === undefined || instance.address === address) &&
    (labels === undefined ||
      Object.entries(labels).every(([name, value]) => instance.labels[name] === value))
  );
}
