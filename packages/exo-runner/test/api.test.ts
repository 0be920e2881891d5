import { expect, test } from 'vitest';

test('the package exports these values and no others', async () => {
  expect(Object.keys(await import('../src/index.ts'))).toMatchInlineSnapshot(`
    [
      "createApiKeyProvider",
      "ExoRunnerError",
      "isExoRunnerError",
      "keepFresh",
      "mintApiKey",
      "createRedactor",
      "runWithKey",
      "createSecret",
    ]
  `);
});
