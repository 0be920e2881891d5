import { z } from 'zod';
import { configSchema } from '../../../src/config/config-schema.ts';

/** What a JSON Schema of ours is made of. */
export interface SchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** exoship.yaml for editors: what may be written, not what it becomes. */
export const jsonSchema: SchemaNode = {
  ...(z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode),
  title: 'exoship.yaml',
};

/** As the formatter of this repository would have it: short lists on one line. */
export function stringify(schema: SchemaNode): string {
  const text = JSON.stringify(schema, undefined, 2);
  const compact = text.replaceAll(
    /\[\n\s+([^[\]{}]*?)\n\s+\]/g,
    (list, entries: string, offset: number) => {
      const line = `[${entries.split(/\n\s+/).join(' ')}]`;
      const column = offset - text.lastIndexOf('\n', offset);
      return column + line.length <= 100 ? line : list;
    },
  );
  return `${compact}\n`;
}
