import { expect, test } from 'vitest';

test('the entry point exports these values and no others', async () => {
  expect(Object.keys(await import('../../src/exo.ts'))).toMatchInlineSnapshot(`
    [
      "createExo",
    ]
  `);
});
