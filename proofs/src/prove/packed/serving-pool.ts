import { setTimeout as sleep } from 'node:timers/promises';
import { createExoscale } from '@exoship/exoscale-api';
import { createBalancedPool } from '../../harness/create-balanced-pool.ts';

export interface ServingPool {
  /** The template of each member. */
  templatesRunning(): Promise<readonly string[]>;
}

export interface ServingPoolRequest {
  /** Of the sandbox, with a key that may do everything. */
  readonly env: Readonly<Record<string, string>>;
  readonly templateId: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

const SIZE = 2;
const SERVING_DEADLINE_MS = 60_000;
const LOOK_INTERVAL_MS = 500;

/** What a first deployment finds: a pool behind a load balancer that has admitted every member. */
export async function openServingPool(request: ServingPoolRequest): Promise<ServingPool> {
  const { env, templateId, port, signal } = request;
  const { EXOSCALE_API_KEY: key = '', EXOSCALE_API_SECRET: secret = '' } = env;
  const exoscale = createExoscale({
    zone: env.EXOSCALE_ZONE ?? '',
    endpoint: env.EXOSCALE_API_ENDPOINT,
    credentials: () => ({ key, secret: { reveal: () => secret } }),
  });
  const named = { name: 'hello-app', securityGroup: 'hello' };
  const { poolId } = await createBalancedPool(exoscale, { ...named, templateId, port, size: SIZE });
  const deadline = performance.now() + SERVING_DEADLINE_MS;
  for (;;) {
    const balancers = await exoscale.loadBalancers.list({ signal });
    const health = balancers.flatMap(({ services }) => services).flatMap((one) => one.health);
    if (health.filter(({ status }) => status === 'success').length >= SIZE) break;
    if (performance.now() > deadline) throw new RangeError('The first version does not serve');
    await sleep(LOOK_INTERVAL_MS, undefined, { signal });
  }
  return {
    templatesRunning: async () => {
      const members = await exoscale.pools.members(poolId, { signal });
      return members.map((member) => member.templateId ?? 'none');
    },
  };
}
