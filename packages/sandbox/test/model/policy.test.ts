import { expect, test } from 'vitest';
import { allows, type Policy, unclearExpression } from '../../src/model/policy.ts';

function rules(...expressions: readonly string[]): Policy {
  const compute = {
    type: 'rules' as const,
    rules: expressions.map((expression) => ({ action: 'allow' as const, expression })),
  };
  return { 'default-service-strategy': 'deny', services: { compute } };
}

test('allows() falls back to the default strategy for a service that is not named', () => {
  expect(allows({ 'default-service-strategy': 'allow', services: {} }, 'sos', 'x')).toBe(true);
  expect(allows({ 'default-service-strategy': 'deny', services: {} }, 'sos', 'x')).toBe(false);
});

test.each([
  ["operation in ['list-instances', 'get-instance']", true],
  ['operation in ["get-instance"]', true],
  ["operation == 'get-instance'", true],
  ["operation == 'list-instances' || operation == 'get-instance'", true],
  ['true', true],
  ["operation in ['get-instance-pool']", false],
  ["operation == 'get'", false],
  ['operation in []', false],
])('allows() reads %s', (expression, expected) => {
  expect(allows(rules(expression), 'compute', 'get-instance')).toBe(expected);
});

test('allows() lets the first rule that matches decide', () => {
  const policy: Policy = {
    'default-service-strategy': 'allow',
    services: {
      compute: {
        type: 'rules',
        rules: [
          { action: 'deny', expression: "operation == 'delete-instance'" },
          { action: 'allow', expression: 'true' },
        ],
      },
    },
  };
  expect(allows(policy, 'compute', 'delete-instance')).toBe(false);
  expect(allows(policy, 'compute', 'get-instance')).toBe(true);
});

test('allows() denies a whole service', () => {
  const policy: Policy = {
    'default-service-strategy': 'allow',
    services: { compute: { type: 'deny' } },
  };
  expect(allows(policy, 'compute', 'get-instance')).toBe(false);
});

test('unclearExpression() finds what it cannot read instead of guessing', () => {
  expect(unclearExpression(rules("operation == 'x'"))).toBeUndefined();
  const unclear = "resources.bucket == 'mine'";
  expect(unclearExpression(rules("operation == 'x'", unclear))).toBe(unclear);
  expect(allows(rules(unclear), 'compute', 'x')).toBe(false);
});
