import { createExoscale } from '@exoship/exoscale-api';
import { createRolloutPool } from '@exoship/exoscale-api/rollout-pool';
import type { Pool } from '@exoship/rollout';
import { createApiHandler } from '@exoship/sandbox';
import { createMemoryFetch } from '../virtual/memory-fetch.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { Wire, WireCall } from './wire.ts';
import type { World } from './world.ts';

const origin = 'http://127.0.0.1';

/** The pool through the real adapter, the real client and the API's handler: slower, and true to every request. */
export function createHttpPool(world: World, wire: Wire, clock: VirtualClock): Required<Pool> {
  const { cloud, zone, poolId } = world;
  const handler = createApiHandler(cloud, {
    endpointFor: () => `${origin}/v2`,
    sosEndpointFor: () => origin,
  });
  const send = createMemoryFetch(handler);
  const exoscale = createExoscale({
    zone,
    endpoint: `${origin}/v2`,
    credentials: () => ({ key: 'EXOadmin', secret: { reveal: () => 'admin-secret' } }),
    fetch: async (input, init = {}) => {
      const { pathname } = new URL(String(input instanceof Request ? input.url : input));
      const call = callOf(init.method ?? 'GET', pathname);
      return wire(call, async () => send(input, init), init.signal ?? undefined);
    },
    clock,
  });
  return createRolloutPool(exoscale, { poolId, clock }) as Required<Pool>;
}

/** The API's own names, as far as a rollout changes anything. */
const names: readonly (readonly [RegExp, string])[] = [
  [/\/instance-pool\/[^/:]+$/, 'update-instance-pool'],
  [/:scale$/, 'scale-instance-pool'],
  [/:evict$/, 'evict-instance-pool-members'],
  [/:stop$/, 'stop-instance'],
  [/:start$/, 'start-instance'],
];

function callOf(method: string, path: string): WireCall {
  if (method === 'GET') return { operation: `get ${path}`, kind: 'read' };
  const name = names.find(([pattern]) => pattern.test(path))?.[1];
  return { operation: name ?? `${method} ${path}`, kind: 'mutation' };
}
