/** What a role allows, in the API's own form. */
export interface Policy {
  readonly 'default-service-strategy': 'allow' | 'deny';
  readonly services: Readonly<Record<string, ServicePolicy>>;
}

export interface ServicePolicy {
  readonly type: 'allow' | 'deny' | 'rules';
  readonly rules?: readonly PolicyRule[] | undefined;
}

export interface PolicyRule {
  readonly action: 'allow' | 'deny';
  /** CEL. Understood are `operation == 'x'`, `operation in ['x', 'y']`, `true`, and several of them joined by `||`. */
  readonly expression: string;
}

/** The first rule that matches decides; where none does, the service is denied. */
export function allows(policy: Policy, service: string, operation: string): boolean {
  const servicePolicy = policy.services[service];
  if (servicePolicy === undefined) return policy['default-service-strategy'] === 'allow';
  if (servicePolicy.type !== 'rules') return servicePolicy.type === 'allow';
  const rule = (servicePolicy.rules ?? []).find(({ expression }) =>
    parseExpression(expression)?.(operation),
  );
  return rule?.action === 'allow';
}

/** Where a policy uses more of CEL than the sandbox understands; `undefined` when all of it is clear. */
export function unclearExpression(policy: Policy): string | undefined {
  return Object.values(policy.services)
    .flatMap(({ rules = [] }) => rules)
    .map(({ expression }) => expression)
    .find((expression) => parseExpression(expression) === undefined);
}

type Matcher = (operation: string) => boolean;

function parseExpression(expression: string): Matcher | undefined {
  const matchers = expression.split('||').map((term) => parseTerm(term.trim()));
  const clear = matchers.filter((matcher) => matcher !== undefined);
  if (clear.length < matchers.length) return undefined;
  return (operation) => clear.some((matcher) => matcher(operation));
}

const quoted = `(?:'[a-z0-9-]+'|"[a-z0-9-]+")`;
const equality = new RegExp(`^operation\\s*==\\s*(${quoted})$`);
const membership = new RegExp(
  `^operation\\s+in\\s*\\[\\s*(${quoted}(?:\\s*,\\s*${quoted})*)?\\s*,?\\s*\\]$`,
);

function parseTerm(term: string): Matcher | undefined {
  if (term === 'true') return () => true;
  const match = equality.exec(term) ?? membership.exec(term);
  if (match === null) return undefined;
  const names = new Set((match[1] ?? '').match(/[a-z0-9-]+/g) ?? []);
  return (operation) => names.has(operation);
}
