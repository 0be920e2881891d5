import { expect, test } from 'vitest';

test('the package exports what its index lists, and nothing else', async () => {
  expect(Object.keys(await import('../src/index.ts')).toSorted()).toMatchInlineSnapshot(`
    [
      "SandboxError",
      "createApiHandler",
      "createCloud",
      "createSimulatedCloud",
      "createVault",
      "isSandboxError",
      "readObserved",
      "startSandbox",
    ]
  `);
});
