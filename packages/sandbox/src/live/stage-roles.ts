import type { Policy } from '../model/policy.ts';

/** An IAM role that allows what one stage of a pipeline does, and nothing else. */
export interface StageRole {
  readonly name: string;
  readonly policy: Policy;
}

/** Every stage asks after its operations, reads its limits, and proves with a harmless read that its key is dead. */
const everyStage = ['get-operation', 'list-instance-types', 'get-instance-type'];
const readTemplates = ['list-templates', 'get-template'];
const readInstances = ['list-instances', 'get-instance'];

export const stageRoles: readonly StageRole[] = [
  stageRole('exoship-build', {
    compute: [...everyStage, ...readTemplates, 'register-template', 'delete-template'],
    sos: [
      'head-bucket',
      'create-bucket',
      'list-objects',
      'put-object',
      'delete-object',
      'create-multipart-upload',
      'upload-part',
      'complete-multipart-upload',
      'abort-multipart-upload',
      'list-multipart-uploads',
    ],
  }),
  stageRole('exoship-test', {
    compute: [
      ...everyStage,
      ...readTemplates,
      ...readInstances,
      'list-security-groups',
      'get-security-group',
      'create-instance',
      'delete-instance',
      'list-quotas',
      'get-quota',
    ],
  }),
  stageRole('exoship-deploy', {
    compute: [
      ...everyStage,
      ...readTemplates,
      ...readInstances,
      'list-instance-pools',
      'get-instance-pool',
      'update-instance-pool',
      'scale-instance-pool',
      'evict-instance-pool-members',
      'start-instance',
      'stop-instance',
      'list-load-balancers',
      'get-load-balancer',
      'get-load-balancer-service',
      'list-quotas',
      'get-quota',
      'list-events',
    ],
  }),
];

function stageRole(
  name: string,
  operations: Readonly<Record<string, readonly string[]>>,
): StageRole {
  const services = Object.fromEntries(
    Object.entries(operations).map(([service, names]) => [service, rules(names)] as const),
  );
  return { name, policy: { 'default-service-strategy': 'deny', services } };
}

function rules(operations: readonly string[]): Policy['services'][string] {
  const names = operations.map((operation) => `'${operation}'`).join(', ');
  return { type: 'rules', rules: [{ action: 'allow', expression: `operation in [${names}]` }] };
}
