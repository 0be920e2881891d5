import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

export interface OpenApiDocument {
  /** The whole document, made readable for a validator of JSON Schema. */
  readonly schema: object;
  /** The operation of a call, by method and path behind `/v2`. */
  find(method: string, path: string): DescribedOperation | undefined;
}

export interface DescribedOperation {
  /** Such as `list-instances`. */
  readonly id: string;
  /** JSON pointer of the schema of its 200 answer; `undefined` when none is described. */
  readonly pointer: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

export async function readOpenApi(file: string): Promise<OpenApiDocument> {
  const document = parse(await readFile(file, 'utf8')) as Json;
  amend(document);
  const places = Object.entries(document.paths as Json).flatMap(([path, methods]) =>
    Object.entries(methods as Json).map(([method, operation]) => ({
      method: method.toUpperCase(),
      pattern: patternOf(path),
      parameters: path.split('{').length,
      id: String((operation as Json).operationId),
      pointer: pointerOf(path, method, operation as Json),
    })),
  );
  // `/x/{id}` also matches `/x/fixed`: what has fewer parameters is meant.
  const ordered = places.toSorted((one, other) => one.parameters - other.parameters);
  return {
    schema: asJsonSchema(document) as object,
    find: (method, path) =>
      ordered.find((place) => place.method === method && place.pattern.test(path)),
  };
}

/**
 * What the real servers answer although their description lacks it, by schema and field. Recorded in August 2026 by the
 * authors of feint (github.com/stephrobert/feint, `corpus/exoscale`).
 */
const recordedFields = [
  ['zone', 'id', { type: 'string', format: 'uuid' }],
  ['security-group', 'visibility', { type: 'string', enum: ['private', 'public'] }],
] as const;

function amend(document: Json): void {
  const { schemas = {} } = (document.components ?? {}) as { schemas?: Json };
  for (const [name, field, shape] of recordedFields) {
    const schema = schemas[name] as { properties?: Record<string, unknown> } | undefined;
    if (schema?.properties !== undefined) schema.properties[field] ??= shape;
  }
}

function patternOf(path: string): RegExp {
  const source = path.replaceAll(/[.:]/g, String.raw`\$&`).replaceAll(/\{[^}]+\}/g, '[^/:]+');
  return new RegExp(`^${source}$`);
}

function pointerOf(path: string, method: string, operation: Json): string | undefined {
  const answer = (operation.responses as Json | undefined)?.['200'] as Json | undefined;
  const content = answer?.content as Json | undefined;
  if (content?.['application/json'] === undefined) return undefined;
  const parts = [
    'paths',
    path,
    method,
    'responses',
    '200',
    'content',
    'application/json',
    'schema',
  ];
  return `#/${parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
}

/** OpenAPI 3.0 is a dialect of an old draft: limits that exclude are booleans there. Objects are closed besides. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, asJsonSchema(item)] as const);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof copy[flag] !== 'boolean') continue;
    if (copy[flag]) {
      copy[flag] = copy[limit];
      delete copy[limit];
    } else delete copy[flag];
  }
  // A field that is not described is one that we made up.
  if (isClosable(copy)) copy.additionalProperties = false;
  return copy;
}

function isClosable(schema: Readonly<Record<string, unknown>>): boolean {
  const isObject = schema.type === 'object' && typeof schema.properties === 'object';
  return isObject && !('additionalProperties' in schema);
}
