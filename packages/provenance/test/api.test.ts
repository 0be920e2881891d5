import { expect, test } from 'vitest';

test('the public values are these', async () => {
  expect(Object.keys(await import('../src/index.ts'))).toMatchInlineSnapshot(`
    [
      "isProvenanceError",
      "ProvenanceError",
      "createKeySigner",
      "createKeylessSigner",
      "signStatement",
      "createStatement",
      "verifyAttestation",
    ]
  `);
});
