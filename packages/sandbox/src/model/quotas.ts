import { notFound, Refusal } from './refusal.ts';

export interface Quota {
  readonly resource: string;
  readonly usage: number;
  /** -1: unlimited. */
  readonly limit: number;
}

export interface Quotas {
  list(): readonly Quota[];
  get(resource: string): Quota;
  /** How many more are granted now. */
  available(resource: string): number;
  setLimit(resource: string, limit: number): void;
}

const defaultQuotas: Readonly<Record<string, number>> = {
  instance: 20,
  template: 20,
  'network-load-balancer': 5,
  'iam-key': -1,
};

export function createQuotas(
  limits: Readonly<Record<string, number>>,
  usage: Readonly<Record<string, () => number>>,
): Quotas {
  const current = new Map(Object.entries({ ...defaultQuotas, ...limits }));

  function get(resource: string): Quota {
    const limit = current.get(resource);
    if (limit === undefined) throw notFound('Quota', resource);
    return { resource, usage: usage[resource]?.() ?? 0, limit };
  }

  return {
    list: () => [...current.keys()].map(get),
    get,
    available(resource) {
      const { usage: used, limit } = get(resource);
      return limit < 0 ? Number.POSITIVE_INFINITY : Math.max(0, limit - used);
    },
    setLimit: (resource, limit) => void current.set(resource, limit),
  };
}

export function quotaExceeded(quotas: Quotas, resource: string): Refusal {
  const { usage, limit } = quotas.get(resource);
  return new Refusal('forbidden', `Quota of "${resource}" exceeded: ${usage} of ${limit} in use`);
}
