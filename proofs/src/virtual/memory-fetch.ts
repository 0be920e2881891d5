import type { Handler } from '@exoship/sandbox';

/** `fetch` without a network: the real client's requests go straight into the sandbox's handler. */
export function createMemoryFetch(handler: Handler): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = new URL(String(input instanceof Request ? input.url : input));
    const signal = init.signal;
    signal?.throwIfAborted();
    const answer = await handler({
      method: init.method ?? 'GET',
      path: url.pathname,
      query: url.search.slice(1),
      headers: Object.fromEntries(new Headers(init.headers)),
      body: encode(init.body),
    });
    if (answer.fault === 'cut-before' || answer.fault === 'cut-after') {
      throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
    }
    return new Response(answer.body as string, { status: answer.status, headers: answer.headers });
  };
}

function encode(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError('Only text and bytes can be sent without a network');
}
