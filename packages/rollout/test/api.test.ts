import { expect, test } from 'vitest';

test('the package exports these values and no others', async () => {
  expect(Object.keys(await import('../src/index.ts'))).toMatchInlineSnapshot(`
    [
      "controlRollout",
      "isRolloutError",
      "RolloutError",
      "planRollout",
      "readRollout",
      "rollout",
    ]
  `);
});

test('the testing entry exports these values and no others', async () => {
  expect(Object.keys(await import('../src/testing.ts'))).toMatchInlineSnapshot(`
    [
      "createManualClock",
      "createMemoryPool",
    ]
  `);
});
