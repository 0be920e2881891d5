import type { Policy } from '../model/policy.ts';

/** An IAM role that allows what one stage of a pipeline does, and nothing else. */
export interface StageRole {
  readonly name: string;
  readonly policy: Policy;
}

export const stageRoles: readonly StageRole[] = [
  stageRole('exoship-build', {
    compute: ['get-operation', 'get-template', 'list-templates', 'register-template'],
    sos: [
      'abort-multipart-upload',
      'complete-multipart-upload',
      'create-bucket',
      'create-multipart-upload',
      'delete-object',
      'head-bucket',
      'list-multipart-uploads',
      'list-objects',
      'put-object',
      'upload-part',
    ],
  }),
  stageRole('exoship-test', {
    compute: [
      'create-instance',
      'delete-instance',
      'get-instance',
      'get-operation',
      'get-template',
      'list-instance-types',
      'list-instances',
      'list-security-groups',
    ],
  }),
  stageRole('exoship-deploy', {
    compute: [
      'evict-instance-pool-members',
      'get-instance-pool',
      'get-operation',
      'get-quota',
      'get-template',
      'list-instance-pools',
      'list-instances',
      'list-load-balancers',
      'scale-instance-pool',
      'start-instance',
      'stop-instance',
      'update-instance-pool',
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
