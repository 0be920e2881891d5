import { defineProject, type UserWorkspaceConfig } from 'vitest/config';

const config: UserWorkspaceConfig = defineProject({
  test: { name: 'sandbox', include: ['test/**/*.test.ts'] },
});
export default config;
