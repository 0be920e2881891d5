import type { Settings } from '../config/settings.ts';
import type { Stage } from '../load-settings.ts';

/** Operations of the API (`compute`) and of the object store (`sos`). */
type Operations = Readonly<Record<string, readonly string[]>>;

/** What each stage uses, one by one; its role at Exoscale allows this and denies everything else. */
export const iamOperations: Readonly<Record<Stage, Operations>> = {
  build: {
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
  },
  test: {
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
  },
  deploy: {
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
  },
};

/** The roles at Exoscale as lines for a shell: they are made once, by hand, for Vault's engine cannot make them. */
export function renderIamRoles({ vault: { roles } }: Pick<Settings, 'vault'>): string {
  const stages = Object.keys(iamOperations) as Stage[];
  const rendered = stages.map((stage) => {
    const policy = JSON.stringify(iamPolicy(iamOperations[stage]), null, 2);
    return `# At Exoscale: what a key of stage ${stage} may do\nexo iam role create ${roles[stage]} --policy - <<'JSON'\n${policy}\nJSON`;
  });
  return `${rendered.join('\n\n')}\n`;
}

function iamPolicy(operations: Operations): object {
  const services = Object.entries(operations).map(([service, names]) => {
    const list = names.map((name) => `'${name}'`).join(', ');
    const rules = [{ action: 'allow', expression: `operation in [${list}]` }];
    return [service, { type: 'rules', rules }] as const;
  });
  return { 'default-service-strategy': 'deny', services: Object.fromEntries(services) };
}
