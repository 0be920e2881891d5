import { parseDurationMs } from './durations.ts';
import { type HclBlock, type HclBody, type HclValue, parseHcl } from './hcl.ts';
import { badRequest, type Refusal } from './refusal.ts';

const CAPABILITIES = [
  'create',
  'read',
  'update',
  'delete',
  'list',
  'sudo',
  'patch',
  'deny',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

const KNOWN_KEYS = ['capabilities', 'comment', 'min_wrapping_ttl', 'max_wrapping_ttl'];

/** One `path` of a policy. */
export interface PathRule {
  /** Without a leading slash; may hold `+` segments and end in `*`. */
  readonly path: string;
  readonly capabilities: readonly Capability[];
  /** 0 when wrapping is not demanded. */
  readonly minWrappingTtlMs: number;
  readonly maxWrappingTtlMs: number;
}

/**
 * Reads a policy in HCL or JSON. Keys that the sandbox cannot enforce are refused, not ignored: a policy that is
 * laxer here than in production would prove nothing.
 */
export function parsePolicy(source: string): readonly PathRule[] {
  try {
    const root = source.trimStart().startsWith('{') ? fromJson(source) : parseHcl(source);
    for (const key of [...root.attributes.keys(), ...root.blocks.map((block) => block.kind)]) {
      if (key !== 'name' && key !== 'path') throw new SyntaxError(`invalid key "${key}"`);
    }
    return root.blocks.map(readRule);
  } catch (error) {
    if (error instanceof SyntaxError) throw unparsable(error.message);
    throw error;
  }
}

const unparsable = (reason: string): Refusal => badRequest(`failed to parse policy: ${reason}`);

function readRule(block: HclBlock): PathRule {
  const path = (block.labels[0] ?? 'path').replace(/^\//, '');
  const fail = (reason: string): SyntaxError => new SyntaxError(`path "${path}": ${reason}`);
  for (const key of [
    ...block.body.attributes.keys(),
    ...block.body.blocks.map((inner) => inner.kind),
  ]) {
    if (!KNOWN_KEYS.includes(key)) throw fail(`key "${key}" is not supported`);
  }
  if (path.includes('+*')) throw fail(`invalid use of wildcards ('+*' is forbidden)`);

  const rule: PathRule = {
    path,
    capabilities: readCapabilities(block.body.attributes.get('capabilities'), fail),
    minWrappingTtlMs: readTtl(block.body, 'min_wrapping_ttl', fail),
    maxWrappingTtlMs: readTtl(block.body, 'max_wrapping_ttl', fail),
  };
  if (rule.maxWrappingTtlMs > 0 && rule.maxWrappingTtlMs < rule.minWrappingTtlMs) {
    throw fail('max_wrapping_ttl cannot be less than min_wrapping_ttl');
  }
  return rule;
}

type Fail = (reason: string) => SyntaxError;

function readCapabilities(value: HclValue | undefined, fail: Fail): readonly Capability[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw fail('capabilities must be a list');
  return value.map((item) => {
    const capability = CAPABILITIES.find((known) => known === item);
    if (capability === undefined) throw fail(`invalid capability "${String(item)}"`);
    return capability;
  });
}

function readTtl(body: HclBody, key: string, fail: Fail): number {
  const value = body.attributes.get(key);
  if (value === undefined) return 0;
  const ttlMs = parseDurationMs(value);
  if (ttlMs === undefined) throw fail(`error parsing ${key}`);
  return ttlMs;
}

/** `{"path": {"a": {…}}}` and the list forms that HCL's JSON allows. */
function fromJson(source: string): HclBody {
  const root: unknown = JSON.parse(source);
  const blocks: HclBlock[] = [];
  const attributes = new Map<string, HclValue>();
  for (const [kind, value] of entriesOf(root)) {
    if (kind !== 'path') attributes.set(kind, String(value));
    else for (const [path, rule] of entriesOf(value)) blocks.push(jsonBlock(path, rule));
  }
  return { attributes, blocks };
}

function jsonBlock(path: string, rule: unknown): HclBlock {
  const attributes = new Map(entriesOf(rule).map(([key, value]) => [key, value as HclValue]));
  return { kind: 'path', labels: [path], body: { attributes, blocks: [] } };
}

function entriesOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap(entriesOf);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('expected an object');
  return Object.entries(value);
}
