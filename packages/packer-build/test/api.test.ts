import { expect, test } from 'vitest';

test('the public values are these', async () => {
  expect(Object.keys(await import('../src/index.ts'))).toMatchInlineSnapshot(`
    [
      "buildTemplate",
      "chooseAccelerator",
      "detectPacker",
      "isPackerError",
      "PackerError",
      "parseMachineReadable",
      "createSshKey",
      "verifyImage",
    ]
  `);
});
