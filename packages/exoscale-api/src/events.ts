import type { CallOptions, Client } from './client.ts';
import { type Fields, readListed } from './fields.ts';

/** A change that somebody asked for, whatever came of it; not every field is always there. */
export interface ApiEvent {
  readonly at?: Date | undefined;
  readonly requestId?: string | undefined;
  readonly zone?: string | undefined;
  /** The API's own name for the call: `scale-instance-pool`. */
  readonly operation?: string | undefined;
  readonly uri?: string | undefined;
  /** Of the answer. */
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  readonly sourceIp?: string | undefined;
  /** Who asked. */
  readonly apiKey?: { readonly key?: string | undefined; readonly name?: string | undefined };
}

export interface Events {
  /** @default the last 24 hours, by Exoscale */
  list(
    period?: { readonly from?: Date | undefined; readonly to?: Date | undefined },
    options?: CallOptions,
  ): Promise<readonly ApiEvent[]>;
}

export function createEvents(client: Client): Events {
  return {
    list: async ({ from, to } = {}, options) => {
      const query = { from: from?.toISOString(), to: to?.toISOString() };
      const answer = await client.request({ method: 'GET', path: '/event', query }, options);
      return readListed(answer, { call: 'GET /event' }).map(readEvent);
    },
  };
}

function readEvent(fields: Fields): ApiEvent {
  const key = fields.record('iam-api-key');
  return {
    at: fields.optionalMoment('timestamp'),
    requestId: fields.optionalText('request-id'),
    zone: fields.optionalText('zone'),
    operation: fields.optionalText('handler'),
    uri: fields.optionalText('uri'),
    status: fields.optionalCount('status'),
    message: fields.optionalText('message'),
    sourceIp: fields.optionalText('source-ip'),
    ...(key && { apiKey: { key: key.optionalText('key'), name: key.optionalText('name') } }),
  };
}
