import type { CallOptions, Client } from './client.ts';
import type { Fields } from './fields.ts';

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
    list: async (options) =>
      (await client.read({ path: '/quota' }, options)).list('quotas').map(readQuota),
    get: async (entity, options) =>
      readQuota(await client.read({ path: '/quota/{entity}', params: { entity } }, options)),
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
