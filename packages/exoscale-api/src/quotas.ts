import type { CallOptions, Client } from './client.ts';
import { type Fields, readFields } from './fields.ts';

export interface Quota {
  /** `instance`, `template`, `network-load-balancer`, `gpu2`, … */
  readonly resource: string;
  readonly usage: number;
  /** `Infinity` when there is none. */
  readonly limit: number;
}

export interface Quotas {
  list(options?: CallOptions): Promise<readonly Quota[]>;
  get(resource: string, options?: CallOptions): Promise<Quota>;
}

export function createQuotas(client: Client): Quotas {
  return {
    list: async (options) => {
      const answer = await client.request({ method: 'GET', path: '/quota' }, options);
      return readFields(answer, { call: 'GET /quota' }).list('quotas').map(readQuota);
    },
    get: async (resource, options) => {
      const call = {
        method: 'GET',
        path: '/quota/{entity}',
        params: { entity: resource },
      } as const;
      return readQuota(
        readFields(await client.request(call, options), { call: 'GET /quota/{entity}' }),
      );
    },
  };
}

function readQuota(fields: Fields): Quota {
  const limit = fields.count('limit');
  return {
    resource: fields.text('resource'),
    usage: fields.count('usage'),
    limit: limit === -1 ? Number.POSITIVE_INFINITY : limit,
  };
}
