import { type AccessList, createAccessList, rootAccess } from './access-list.ts';
import { defaultPolicy, responseWrappingPolicy } from './builtin-policies.ts';
import type { Outcome, RoutedCall } from './call.ts';
import { type PathRule, parsePolicy } from './policy-document.ts';
import { badRequest } from './refusal.ts';
import type { Route } from './router.ts';

interface Policy {
  readonly source: string;
  readonly rules: readonly PathRule[];
}

export interface Policies {
  has(name: string): boolean;
  accessOf(names: readonly string[]): AccessList;
  /** `sys/policies/acl` and the older `sys/policy`. */
  readonly routes: readonly Route[];
}

export function createPolicies(): Policies {
  const policies = new Map<string, Policy>();
  const store = (name: string, source: string): void => {
    policies.set(name, { source, rules: parsePolicy(source) });
  };
  store('default', defaultPolicy);
  store('response-wrapping', responseWrappingPolicy);

  const list = (): Outcome => {
    const listed = [...policies.keys()].filter((name) => name !== 'response-wrapping');
    const keys = [...listed, 'root'].sort();
    return { data: { keys, policies: keys }, topLevel: { keys, policies: keys } };
  };
  const write = (call: RoutedCall): Outcome | undefined => {
    const given = call.parameters.name ?? '';
    const name = given.toLowerCase();
    if (name === 'root' || name === 'response-wrapping') {
      throw badRequest(`cannot update "${name}" policy`);
    }
    const isOldName = !call.fields.has('policy') && call.fields.has('rules');
    const text = call.fields.string(isOldName ? 'rules' : 'policy');
    if (text === '') throw badRequest(`'policy' parameter not supplied or empty`);
    store(name, decode(text));
    return name === given ? undefined : { warnings: [`policy name was converted to ${name}`] };
  };
  const remove = (call: RoutedCall): undefined => {
    const name = (call.parameters.name ?? '').toLowerCase();
    if (['root', 'default', 'response-wrapping'].includes(name)) {
      throw badRequest(`cannot delete "${name}" policy`);
    }
    policies.delete(name);
  };
  const read = (key: 'policy' | 'rules') => (call: RoutedCall) => {
    const name = (call.parameters.name ?? '').toLowerCase();
    const source = name === 'root' ? '' : policies.get(name)?.source;
    if (source === undefined) return undefined;
    const data = { name, [key]: source };
    return key === 'rules' ? { data, topLevel: data } : { data };
  };
  const routesUnder = (prefix: string, key: 'policy' | 'rules'): Route[] => [
    { operations: ['list', 'read'], pattern: prefix, run: list },
    { operations: ['read'], pattern: `${prefix}/*name`, run: read(key) },
    { operations: ['update'], pattern: `${prefix}/*name`, run: write },
    { operations: ['delete'], pattern: `${prefix}/*name`, run: remove },
  ];

  return {
    has: (name) => name === 'root' || policies.has(name),
    accessOf(names) {
      if (names.includes('root')) return rootAccess;
      return createAccessList(names.map((name) => policies.get(name)?.rules ?? []));
    },
    routes: [...routesUnder('policies/acl', 'policy'), ...routesUnder('policy', 'rules')],
  };
}

/** Policies may be sent in base64, which HCL never looks like. */
function decode(text: string): string {
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  return isBase64 ? Buffer.from(text, 'base64').toString('utf8') : text;
}
