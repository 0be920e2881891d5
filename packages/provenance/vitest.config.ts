import { defineProject, type UserWorkspaceConfig } from 'vitest/config';

const config: UserWorkspaceConfig = defineProject({
  // On a busy machine, a process that starts or ends can take more than the usual 5 s.
  test: { name: 'provenance', include: ['test/**/*.test.ts'], testTimeout: 30_000 },
});
export default config;
