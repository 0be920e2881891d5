/** A Vault that the contract is tried on. */
export interface ContractVault {
  /** As in `sandbox` or `Vault v1.21.4`. */
  readonly name: string;
  readonly address: string;
  /** May do everything; the cases mount, write and remove what they need under names of their own. */
  readonly rootToken: string;
  /** Present when the Exoscale engine is mounted and configured there. */
  readonly exoscale?: ContractEngine | undefined;
}

/** An Exoscale engine and the cloud behind it. */
export interface ContractEngine {
  readonly mountPath: string;
  /** Name or id of an IAM role that may list instance types. */
  readonly iamRole: string;
  readonly zone: string;
  /** Of the cloud's API. */
  readonly endpoint: string;
}
