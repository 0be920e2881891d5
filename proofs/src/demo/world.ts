import type { Exoscale } from '@exoship/exoscale-api';
import type { Sandbox } from '@exoship/sandbox';
import {
  type BalancedPool,
  type BalancedPoolRequest,
  createBalancedPool,
} from '../harness/create-balanced-pool.ts';

export interface World extends BalancedPool {
  readonly port: number;
}

export interface WorldOptions {
  readonly templateId: string;
  readonly poolSize: number;
  readonly appPort: number;
  readonly sandbox: Pick<Sandbox, 'cloud'>;
  readonly signal: AbortSignal;
  /** Of the pool and its load balancer. @default 'hello-app' */
  readonly name?: string;
  readonly check?: BalancedPoolRequest['check'];
  /** @default 60_000 */
  readonly servingDeadlineMs?: number;
}

/** What the pipeline finds when it comes to deploy: a pool of version A behind a load balancer, serving. */
export async function makeWorld(exoscale: Exoscale, options: WorldOptions): Promise<World> {
  const { templateId, poolSize, appPort, name = 'hello-app', check } = options;
  const pool = await createBalancedPool(exoscale, {
    name,
    size: poolSize,
    templateId,
    port: appPort,
    securityGroup: 'hello',
    ...(check && { check }),
  });
  await untilServing(options, pool.serviceId);
  return { ...pool, port: appPort };
}

/** The load must not start before every member of version A has been admitted. */
async function untilServing(
  { sandbox, poolSize, signal, servingDeadlineMs = 60_000 }: WorldOptions,
  serviceId: string,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const check = (): void => {
    const service = sandbox.cloud.snapshot().services.find(({ id }) => id === serviceId);
    if ((service?.serving.length ?? 0) >= poolSize) resolve();
  };
  const unsubscribe = sandbox.cloud.subscribe(check);
  const timeout = setTimeout(
    () => reject(new RangeError(`Version A did not serve within ${servingDeadlineMs} ms`)),
    servingDeadlineMs,
  );
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  check();
  try {
    await promise;
  } finally {
    clearTimeout(timeout);
    unsubscribe();
    signal.removeEventListener('abort', abort);
  }
}
