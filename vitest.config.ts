import { defineConfig } from 'vitest/config';
import { ClosingLine } from './tools/closing-line.ts';

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', 'proofs'],
    reporters: process.env.CI
      ? ['default', ['junit', { outputFile: 'reports/junit.xml' }], new ClosingLine()]
      : ['default', new ClosingLine()],
  },
});
