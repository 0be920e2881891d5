import { exchange, type WireOutcome, type WireRequest } from './transport.ts';

/**
 * An exchange that follows one redirect (307 or 308, which keep method and body) within the same https origin, as a load
 * balancer may send. Everything else is left as it is: a secret goes nowhere that the caller did not name. Each of the
 * two requests may take `timeoutMs`.
 */
export async function followOnce(wire: WireRequest): Promise<WireOutcome> {
  const outcome = await exchange(wire);
  const target = targetOf(outcome, wire.url);
  return target === undefined ? outcome : await exchange({ ...wire, url: target });
}

function targetOf(outcome: WireOutcome, from: URL): URL | undefined {
  if (outcome.kind !== 'reply' || (outcome.status !== 307 && outcome.status !== 308)) return;
  const location = outcome.headers.location ?? '';
  if (location === '' || !URL.canParse(location, from.href)) return undefined;
  const target = new URL(location, from);
  const isSameServer = target.protocol === 'https:' && target.origin === from.origin;
  const isPlain = target.username === '' && target.password === '';
  return isSameServer && isPlain && target.pathname.startsWith('/v1/') ? target : undefined;
}
