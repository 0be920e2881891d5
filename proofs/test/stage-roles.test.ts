import { startSandbox } from '@exoship/sandbox';
import { expect, test } from 'vitest';
import { iamOperations, renderIamRoles } from '../../apps/ci-cli/src/vault-setup/iam-roles.ts';
import { rightsProblems } from '../src/prove/credentials/use-of-rights.ts';

const roles = { build: 'exoship-build', test: 'exoship-test', deploy: 'exoship-deploy' };

// That each of them is used, and none is missing, is shown by `pnpm prove credentials`.
test('the roles that ci-cli prints are those that the sandbox has', async () => {
  await using sandbox = await startSandbox({ seed: 1, appPort: 18_082 });
  const printed = renderIamRoles({ vault: { roles } } as Parameters<typeof renderIamRoles>[0]);
  const policies = [...printed.matchAll(/role create (\S+) --policy - <<'JSON'\n(.*?)\nJSON/gs)];
  expect(policies.map(([, name]) => name)).toEqual(Object.values(roles));
  for (const [, name = '', policy = ''] of policies) {
    expect(JSON.parse(policy)).toEqual(sandbox.cloud.iam.findRole(name)?.policy);
  }
});

test('every stage can prove that its key is dead by a call that it may make', () => {
  expect(iamOperations.build.compute).toContain('list-templates');
  expect(iamOperations.test.compute).toContain('list-instance-types');
  expect(iamOperations.deploy.compute).toContain('list-instance-pools');
});

test('rightsProblems() names what is too much and what is too little', () => {
  const right = { stage: 'build', allowed: 2, unused: [], missing: [] };
  expect(rightsProblems([right])).toEqual([]);
  const wrong = { ...right, unused: ['sos/put-object'], missing: ['compute/get-template'] };
  expect(rightsProblems([wrong])).toEqual([
    'the role of build allows sos/put-object, which nothing uses',
    'the role of build lacks compute/get-template',
  ]);
});
