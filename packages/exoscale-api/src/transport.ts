import { type ApiCall, isRepeatable } from './api-call.ts';
import type { Credentials } from './credentials.ts';
import { isTransient, retry } from './retry.ts';
import { sendCall } from './send-call.ts';
import { singleFlight } from './single-flight.ts';
import type { Clock } from './system-clock.ts';
import { pickZone, readZones, type Zone } from './zones.ts';

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** @default 5 */
  readonly attempts?: number | undefined;
  /** For one attempt; never more than the client's own. */
  readonly timeoutMs?: number | undefined;
}

export interface TransportOptions {
  readonly zone: string;
  /** Where the zones are read from. */
  readonly endpoint: string;
  readonly credentials: () => Credentials | Promise<Credentials>;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly random: () => number;
  readonly requestTimeoutMs: number;
  readonly userAgent: string;
}

/** Sends calls: signed, to the zone's endpoint, repeated as far as that is safe. */
export interface Transport {
  request(call: ApiCall, options?: RequestOptions): Promise<unknown>;
  zones(options?: RequestOptions): Promise<readonly Zone[]>;
  /** The client's own zone. */
  zone(options?: RequestOptions): Promise<Zone>;
}

export function createTransport(options: TransportOptions): Transport {
  const listZones = singleFlight(async (signal) => {
    const call = { method: 'GET', path: '/zone' } as const;
    return readZones(await send(options.endpoint, call, { signal }, () => undefined));
  });
  const zone: Transport['zone'] = async ({ signal } = {}) =>
    pickZone(await listZones(signal), options.zone);

  return {
    zone,
    zones: ({ signal } = {}) => listZones(signal),
    async request(call, requestOptions = {}) {
      const { apiEndpoint } = await zone(requestOptions);
      return send(apiEndpoint, call, requestOptions, options.credentials);
    },
  };

  function send(
    endpoint: string,
    call: ApiCall,
    { signal, attempts, timeoutMs = options.requestTimeoutMs }: RequestOptions,
    credentials: () => Credentials | undefined | Promise<Credentials>,
  ): Promise<unknown> {
    const { fetch, clock, random, userAgent, requestTimeoutMs } = options;
    const http = { endpoint, fetch, clock, userAgent, signal };
    const attemptMs = Math.min(timeoutMs, requestTimeoutMs);
    return retry(
      async () =>
        sendCall(call, { ...http, timeoutMs: attemptMs, credentials: await credentials() }),
      {
        clock,
        random,
        attempts,
        signal,
        mayRepeat: (error) => isTransient(error) && (isRepeatable(call) || !error.sent),
      },
    );
  }
}
