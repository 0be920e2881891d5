import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { ClosingLine } from './tools/closing-line.ts';

export default defineConfig({
  test: {
    // Many tests wait for the wall clock of a sandbox, not for a core.
    maxWorkers: Math.max(4, availableParallelism()),
    projects: ['packages/*', 'apps/*', 'proofs'],
    reporters: process.env.CI
      ? ['default', ['junit', { outputFile: 'reports/junit.xml' }], new ClosingLine()]
      : ['default', new ClosingLine()],
  },
});
