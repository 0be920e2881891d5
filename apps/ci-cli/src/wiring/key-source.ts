/** Where the key comes from: resolved from flags, environment and exoship.yaml. */
export interface KeySource {
  readonly address: string;
  readonly namespace?: string | undefined;
  readonly roleId: string;
  readonly caFile?: string | undefined;
  readonly appRole: string;
  readonly appRoleMount: string;
  readonly engineMount: string;
  /** Role of the Exoscale secrets engine: decides what the key may do. */
  readonly role: string;
  readonly zone: string;
  readonly endpoint: string | undefined;
  /** A GET that the stage makes anyway: seeing it refused proves that the key is dead, not that it was never allowed. */
  readonly proofPath: string;
}
