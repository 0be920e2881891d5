import { defineProject, type UserWorkspaceConfig } from 'vitest/config';

const config: UserWorkspaceConfig = defineProject({
  // Some tests start processes and see them gone: on a busy machine that takes more than the usual 5 s.
  test: { name: 'packer-build', include: ['test/**/*.test.ts'], testTimeout: 20_000 },
});
export default config;
