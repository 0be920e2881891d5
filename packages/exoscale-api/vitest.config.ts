import { defineProject, type UserWorkspaceConfig } from 'vitest/config';

const config: UserWorkspaceConfig = defineProject({
  test: { name: 'exoscale-api', include: ['test/**/*.test.ts'] },
});
export default config;
