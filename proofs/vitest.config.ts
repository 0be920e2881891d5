import { defineProject, type UserWorkspaceConfig } from 'vitest/config';

const config: UserWorkspaceConfig = defineProject({
  test: { name: 'proofs', include: ['test/**/*.test.ts'] },
});
export default config;
