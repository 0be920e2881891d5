import { type SettingSource, settingsTable } from '../../../src/config/settings-table.ts';
import type { SchemaNode } from './json-schema.ts';

interface Row {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** Every key of exoship.yaml, and every setting beside it, as one table in Markdown. */
export function renderKeyTable(schema: SchemaNode): string {
  const rows = [...rowsOf(schema, '')].map(({ key, type, fallback, meaning }) => {
    const source = Object.values(settingsTable).find((setting) => setting.key === key);
    return [`\`${key}\``, type, fallback, variablesOf(source), flagOf(source), meaning];
  });
  const others = Object.values(settingsTable)
    .filter(({ key }) => key === undefined)
    .map((source) => ['–', 'text', '', variablesOf(source), flagOf(source), source.description]);
  return [
    ['Key', 'Type', 'Default', 'Variable', 'Flag', 'Meaning'],
    ['---', '---', '---', '---', '---', '---'],
    ...rows,
    ...others,
  ]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** The keys below are those of `apps.*.deploy`. */
const OVERRIDES = 'environments.*.deploy';

/** In the order of the schema; what several kinds have in common stands once. */
function* rowsOf(node: SchemaNode, path: string): Generator<Row> {
  const seen = new Set<string>();
  for (const variant of node.oneOf ?? [node]) {
    for (const [name, child] of Object.entries(variant.properties ?? {})) {
      const key = path === '' ? name : `${path}.${name}`;
      if (seen.has(name)) {
        continue;
      }
      seen.add(name);
      if (name === 'kind') {
        yield kindRow(node, child, key);
        continue;
      }
      yield rowOf(
        child,
        key,
        variant.required?.includes(name) === true && child.default === undefined,
      );
      if (key !== OVERRIDES) yield* rowsOf(child, key);
    }
  }
  if (typeof node.additionalProperties === 'object') {
    yield* rowsOf(node.additionalProperties, `${path}.*`);
  }
  if (node.items?.oneOf !== undefined) {
    yield* rowsOf(node.items, `${path}[]`);
  }
}

function rowOf(node: SchemaNode, key: string, isRequired: boolean): Row {
  return {
    key,
    type: typeOf(node),
    fallback: isRequired ? '**required**' : fallbackOf(node),
    meaning: node.description ?? '',
  };
}

function kindRow(parent: SchemaNode, child: SchemaNode, key: string): Row {
  const kinds = (parent.oneOf ?? []).map(
    ({ properties }) => `\`${String(properties?.kind?.const)}\``,
  );
  const preset = (parent.default as { readonly kind?: string } | undefined)?.kind;
  const isOptional = !parent.oneOf?.every(({ required }) => required?.includes('kind'));
  const fallback = preset ?? (isOptional ? String(child.const) : undefined);
  return {
    key,
    type: kinds.join(' | '),
    fallback: fallback === undefined ? '**required**' : `\`${fallback}\``,
    meaning: (parent.oneOf ?? []).map(({ properties }) => properties?.kind?.description).join('; '),
  };
}

function typeOf(node: SchemaNode): string {
  if (node.title !== undefined) return node.title;
  if (node.enum !== undefined) return node.enum.map(code).join(' | ');
  if (node.const !== undefined) return code(node.const);
  if (node.type === 'integer') return `${node.minimum} to ${node.maximum}`;
  if (node.type === 'array') return 'list';
  if (node.type === 'object' || node.oneOf !== undefined) return 'keys';
  if (node.anyOf !== undefined) return node.anyOf.map(typeOf).join(' or ');
  return node.type === 'string' ? 'text' : String(node.type);
}

function fallbackOf({ default: fallback }: SchemaNode): string {
  const isSection = typeof fallback === 'object' && !Array.isArray(fallback);
  return fallback === undefined || isSection ? '' : code(fallback);
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function variablesOf(source: SettingSource | undefined): string {
  return (source?.variables ?? []).map((variable) => `\`${variable}\``).join(', ');
}

function flagOf(source: SettingSource | undefined): string {
  return source?.flag === undefined ? '' : `\`${source.flag}\``;
}
