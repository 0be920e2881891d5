import { expect, test } from 'vitest';
import { sha256In, templateDescription } from '../../src/provenance/template-description.ts';

const plan = { templateName: 'hello-v1', inputsHash: 'ab'.repeat(32) };
const sha256 = 'cd'.repeat(32);

test('templateDescription() says what went in, and which image came out', () => {
  const text = templateDescription(plan, { sha256 });
  expect(text).toBe(`exoship hello-v1 inputs ${plan.inputsHash} sha256 ${sha256}`);
  expect(sha256In(text)).toBe(sha256);
  expect(sha256In(templateDescription(plan, undefined))).toBeUndefined();
  expect(sha256In(undefined)).toBeUndefined();
});

test('templateDescription() stays within what Exoscale takes, at the cost of the name', () => {
  const text = templateDescription({ ...plan, templateName: 'n'.repeat(255) }, { sha256 });
  expect(text).toHaveLength(255);
  expect(sha256In(text)).toBe(sha256);
});
