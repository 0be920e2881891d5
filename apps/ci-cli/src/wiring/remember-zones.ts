type Fetch = typeof globalThis.fetch;

interface Kept {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/**
 * A fetch that asks for the list of zones once: it is public, it does not change during a job, and everything that
 * looks whether a key is dead would ask again. A failure is not remembered.
 */
export function rememberZones(fetch: Fetch): Fetch {
  const known = new Map<string, Promise<Kept>>();
  return async (input, init) => {
    const url = urlOf(input);
    const isZones = (init?.method ?? 'GET') === 'GET' && url.endsWith('/v2/zone');
    if (!isZones) return await fetch(input, init);
    const asked = known.get(url) ?? keep(fetch(input, init));
    known.set(url, asked);
    const { status, type, text } = await asked.catch((error: unknown) => {
      known.delete(url);
      throw error;
    });
    if (status !== 200) known.delete(url);
    return new Response(text, { status, headers: { 'content-type': type } });
  };
}

const publicEndpoint = 'https://api-ch-gva-2.exoscale.com/v2';
const WARM_UP_MS = 10_000;

/** Asks for the zones now, beside other things, so that a cleanup in a hurry need not. Never rejects. */
export async function warmZones(fetch: Fetch, endpoint: string = publicEndpoint): Promise<void> {
  const signal = AbortSignal.timeout(WARM_UP_MS);
  await fetch(new URL(`${endpoint}/zone`), { signal }).catch(() => {});
}

async function keep(asked: Promise<Response>): Promise<Kept> {
  const answer = await asked;
  const type = answer.headers.get('content-type') ?? '';
  return { status: answer.status, type, text: await answer.text() };
}

function urlOf(input: Parameters<Fetch>[0]): string {
  if (typeof input === 'string') return input;
  return input instanceof URL ? input.href : input.url;
}
