import { expect, it } from 'vitest';

it('the package exports exactly these values', async () => {
  expect(Object.keys(await import('../src/index.ts')).sort()).toMatchInlineSnapshot(`
    [
      "ExoscaleError",
      "createExoscale",
      "importTemplate",
      "isExoscaleError",
      "isKeyRefused",
      "signRequest",
    ]
  `);
});

it('./rollout-pool exports exactly these values', async () => {
  expect(Object.keys(await import('../src/rollout-pool.ts'))).toMatchInlineSnapshot(`
    [
      "createRolloutPool",
    ]
  `);
});
