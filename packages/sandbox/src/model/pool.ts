import type { MachineSettings } from './instance.ts';

export type PoolState =
  | 'creating'
  | 'running'
  | 'scaling-up'
  | 'scaling-down'
  | 'updating'
  | 'destroying'
  /** Gone; seen in events only. */
  | 'destroyed';

export interface Pool extends MachineSettings {
  readonly id: string;
  readonly zone: string;
  readonly name: string;
  readonly description: string;
  /** Members it wants to have. */
  readonly size: number;
  readonly state: PoolState;
  readonly instancePrefix: string;
  readonly minAvailable?: number | undefined;
  readonly isIpv6Enabled: boolean;
  /** An operation is under way: whatever comes now overlaps with it. */
  readonly isBusy: boolean;
}

export type PoolDetails = MachineSettings &
  Pick<Pool, 'name' | 'description' | 'instancePrefix' | 'minAvailable' | 'isIpv6Enabled'>;

/**
 * The fields that clients fear to lose by leaving them out of a PUT: the official CLI always echoes them.
 */
export const nullableFields: readonly (keyof PoolDetails)[] = [
  'securityGroupIds',
  'antiAffinityGroupIds',
  'elasticIpIds',
  'privateNetworkIds',
  'sshKeyNames',
  'deployTargetId',
];
