import type { KeySource } from '../../src/wiring/key-source.ts';

export const keySource: KeySource = {
  address: 'https://vault.example.com',
  tls: {},
  stage: 'deploy',
  login: { kind: 'auto' },
  roleId: 'role-id-1',
  appRole: 'gitlab-ci-runner',
  appRoleMount: 'approle',
  engineMount: 'exoscale',
  role: 'exoship-deploy',
  zone: 'ch-gva-2',
  endpoint: undefined,
  proofPath: '/instance-pool',
};
