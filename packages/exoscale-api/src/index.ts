export type { AntiAffinityGroup, AntiAffinityGroups } from './anti-affinity-groups.ts';
export type { ApiCall } from './api-call.ts';
export type { ApiKey, ApiKeys, NewApiKey } from './api-keys.ts';
export type { CallOptions, MutationOptions } from './client.ts';
export type { Credentials, Secret } from './credentials.ts';
export type { ApiEvent, Events } from './events.ts';
export { createExoscale, type Exoscale, type ExoscaleOptions } from './exoscale.ts';
export {
  ExoscaleError,
  type ExoscaleErrorCode,
  type ExoscaleErrorOptions,
  isExoscaleError,
} from './exoscale-error.ts';
export type { FilePart } from './file-digest.ts';
export type {
  IamPolicy,
  IamRole,
  IamRoleRequest,
  IamRoles,
  IamRule,
  IamServicePolicy,
} from './iam-roles.ts';
export type {
  ImportClient,
  ImportedTemplate,
  ImportProgress,
  ImportTemplateOptions,
} from './import-options.ts';
export { importTemplate } from './import-template.ts';
export type { InstanceType, InstanceTypes } from './instance-types.ts';
export type { Instance, InstanceFilter, InstanceRequest, Instances } from './instances.ts';
export { isKeyRefused, type KeyProofOptions } from './is-key-refused.ts';
export type { ListedUpload } from './listed-object.ts';
export type {
  HealthCheck,
  LoadBalancer,
  LoadBalancerService,
  MemberHealth,
} from './load-balancer-views.ts';
export type { LoadBalancers, ServiceRequest } from './load-balancers.ts';
export type { Operation, OperationState, Operations, WaitOptions } from './operations.ts';
export type { PoolRequest } from './pool-request.ts';
export type { PoolChanges } from './pool-update.ts';
export type { InstancePool, Pools } from './pools.ts';
export type { Quota, Quotas } from './quotas.ts';
export type {
  SecurityGroup,
  SecurityGroupRule,
  SecurityGroupRuleRequest,
  SecurityGroups,
} from './security-groups.ts';
export { type SignableRequest, signRequest } from './sign-request.ts';
export type { SshKey, SshKeys } from './ssh-keys.ts';
export type { Storage, StoredObject } from './storage.ts';
export type { Clock } from './system-clock.ts';
export type { Template, TemplateFilter, TemplateRequest, Templates } from './templates.ts';
export type { UploadBody } from './upload-stream.ts';
export type { Zone } from './zones.ts';
