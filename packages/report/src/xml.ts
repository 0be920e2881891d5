import { printable } from './printable.ts';

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Written out, a parser would turn them into spaces (attributes) or line feeds (text).
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element on lines of its own; `undefined` attributes and children are left out. */
export function element(
  name: string,
  attributes: Attributes,
  children: string | readonly (string | undefined)[] = [],
): string {
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const head = present.map(([key, value]) => ` ${key}="${attributeValue(String(value))}"`).join('');
  if (typeof children === 'string') return `<${name}${head}>${text(children)}</${name}>`;
  const inner = children.filter((child) => child !== undefined);
  if (inner.length === 0) return `<${name}${head}/>`;
  return [`<${name}${head}>`, ...inner, `</${name}>`].join('\n');
}

function attributeValue(value: string): string {
  return printable(value).replaceAll(/[&<>"\t\n\r]/g, (character) => REFERENCES[character] ?? '');
}

function text(value: string): string {
  return printable(value).replaceAll(/[&<>\r]/g, (character) => REFERENCES[character] ?? '');
}
