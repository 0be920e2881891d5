export type HclValue = string | number | boolean | readonly HclValue[] | HclBody;

/** `path "x" { … }` becomes `{ kind: 'path', labels: ['x'], body }`; JSON policies take the same form. */
export interface HclBlock {
  readonly kind: string;
  readonly labels: readonly string[];
  readonly body: HclBody;
}

export interface HclBody {
  readonly attributes: ReadonlyMap<string, HclValue>;
  readonly blocks: readonly HclBlock[];
}

interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly line: number;
}

const TOKEN =
  /(?<space>\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>"(?:[^"\\\n]|\\.)*")|(?<number>-?\d+(?:\.\d+)?)|(?<word>[A-Za-z_][\w.-]*)|(?<sign>[{}[\]=,])/y;

/** The part of HCL that Vault policies use: blocks, attributes, texts, numbers, booleans, lists and comments. */
export function parseHcl(source: string): HclBody {
  const tokens = tokenize(source);
  let position = 0;

  const peek = (): Token => tokens[position] ?? endOf(source);
  const next = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const accept = (sign: string): boolean => {
    if (peek().kind !== 'sign' || peek().text !== sign) return false;
    position += 1;
    return true;
  };

  const readValue = (): HclValue => {
    const token = next();
    if (token.kind === 'string') return unquote(token);
    if (token.kind === 'number') return Number(token.text);
    if (token.text === 'true' || token.text === 'false') return token.text === 'true';
    if (token.text === '{' && token.kind === 'sign') return readBody('}');
    if (token.text !== '[' || token.kind !== 'sign') throw unexpected(token);
    const items: HclValue[] = [];
    while (!accept(']')) {
      items.push(readValue());
      if (accept(',')) continue;
      if (peek().text !== ']') throw unexpected(peek());
    }
    return items;
  };

  const readBody = (end: '}' | ''): HclBody => {
    const attributes = new Map<string, HclValue>();
    const blocks: HclBlock[] = [];
    while (!isEnd(end)) {
      const key = next();
      if (key.kind !== 'word' && key.kind !== 'string') throw unexpected(key);
      const kind = key.kind === 'string' ? unquote(key) : key.text;
      if (accept('=')) {
        attributes.set(kind, readValue());
      } else {
        const labels: string[] = [];
        while (peek().kind === 'string') labels.push(unquote(next()));
        if (!accept('{')) throw unexpected(peek());
        blocks.push({ kind, labels, body: readBody('}') });
      }
      accept(',');
    }
    return { attributes, blocks };
  };
  const isEnd = (end: '}' | ''): boolean => {
    if (peek().kind === 'end') {
      if (end === '') return true;
      throw unexpected(peek());
    }
    return end !== '' && accept(end);
  };

  return readBody('');
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (match === null) throw new SyntaxError(`illegal character on line ${line}`);
    const groups = match.groups ?? {};
    const kind = (['string', 'number', 'word', 'sign'] as const).find(
      (name) => groups[name] !== undefined,
    );
    if (kind !== undefined) tokens.push({ kind, text: match[0], line });
    line += match[0].split('\n').length - 1;
  }
  return tokens;
}

const endOf = (source: string): Token => ({
  kind: 'end',
  text: 'EOF',
  line: source.split('\n').length,
});

const unquote = (token: Token): string =>
  token.text
    .slice(1, -1)
    .replaceAll(/\\(.)/g, (_, character: string) =>
      character === 'n' ? '\n' : character === 't' ? '\t' : character,
    );

const unexpected = (token: Token): SyntaxError =>
  new SyntaxError(`unexpected token ${JSON.stringify(token.text)} on line ${token.line}`);
