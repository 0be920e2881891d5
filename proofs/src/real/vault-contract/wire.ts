import { normalize } from './normalize.ts';

export interface AskOptions {
  /** @default none */
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** Sent as it is, for bodies that are no JSON. */
  readonly rawBody?: string | undefined;
  readonly wrapTtl?: string | undefined;
  /** Leaves the answer out of the transcript: it tells of other things as well, or in words that no client reads. */
  readonly isQuiet?: boolean;
}

export interface Reply {
  readonly status: number;
  /** Empty for an answer without a body. */
  // biome-ignore lint/suspicious/noExplicitAny: read as deep as a case wants, which then says what is missing
  readonly body: any;
  /** Joined by line breaks. */
  readonly errors: string;
}

/** Asks a Vault, and writes down what was said with everything taken out that is another each time. */
export interface Wire {
  ask(method: string, path: string, options?: AskOptions): Promise<Reply>;
  /** The same, but what does not answer 2xx is thrown. */
  must(method: string, path: string, options?: AskOptions): Promise<Reply>;
  readonly transcript: readonly string[];
}

/** `names` are what the cases have named at random, by what the transcript calls it. */
export function openWire(
  address: string,
  names: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Wire {
  const transcript: string[] = [];
  const ask: Wire['ask'] = async (method, path, options = {}) => {
    const { token, body, rawBody, wrapTtl, isQuiet = false } = options;
    const answer = await fetch(`${address}/v1/${path}`, {
      method,
      headers: {
        ...(token !== undefined && { 'x-vault-token': token }),
        ...(wrapTtl !== undefined && { 'x-vault-wrap-ttl': wrapTtl }),
      },
      ...(rawBody !== undefined && { body: rawBody }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal,
    });
    const text = await answer.text();
    const read = parse(text);
    const said = `${method} ${path}: ${answer.status} ${JSON.stringify(normalize(read))}`;
    if (!isQuiet) transcript.push(rename(said, names));
    return { status: answer.status, body: read ?? {}, errors: errorsOf(read) };
  };
  return {
    ask,
    async must(method, path, options) {
      const reply = await ask(method, path, options);
      if (reply.status < 300) return reply;
      throw new RangeError(`${method} ${path} was answered ${reply.status}: ${reply.errors}`);
    },
    transcript,
  };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function errorsOf(body: unknown): string {
  const { errors } = (body ?? {}) as { errors?: unknown };
  return Array.isArray(errors) ? errors.join('\n') : '';
}

function rename(text: string, names: ReadonlyMap<string, string>): string {
  let renamed = text;
  for (const [name, shown] of names) renamed = renamed.replaceAll(name, shown);
  return renamed;
}
