/** What becomes of an answer on its way. */
export interface Rewrite {
  readonly body?: string;
  /** In the place of an operation's own. */
  readonly operationState?: string;
}

export interface RewritingFetch {
  readonly fetch: typeof globalThis.fetch;
  /** For the next answer to that method below that path; `undefined` ends it. */
  next(rewrite: { readonly method: string; readonly path: string } & Rewrite): void;
}

/** The global fetch, but for one answer. */
export function createRewritingFetch(): RewritingFetch {
  let waiting: Parameters<RewritingFetch['next']>[0] | undefined;
  return {
    next: (rewrite) => {
      waiting = rewrite;
    },
    fetch: async (input, init) => {
      const response = await globalThis.fetch(input, init);
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      const rewrite = waiting;
      if (rewrite === undefined || init?.method !== rewrite.method) return response;
      if (!pathname.endsWith(rewrite.path)) return response;
      waiting = undefined;
      const body = rewrite.body ?? (await withState(response, rewrite.operationState));
      return new Response(body, { status: response.status, headers: response.headers });
    },
  };
}

async function withState(response: Response, state: string | undefined): Promise<string> {
  return JSON.stringify({ ...((await response.json()) as object), state });
}
