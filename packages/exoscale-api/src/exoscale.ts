import { type AntiAffinityGroups, createAntiAffinityGroups } from './anti-affinity-groups.ts';
import type { ApiCall } from './api-call.ts';
import { type ApiKeys, createApiKeys } from './api-keys.ts';
import { checkApiEndpoint } from './check-endpoint.ts';
import { checkOptions, checkPositive, checkText } from './check-options.ts';
import { type CallOptions, createClient } from './client.ts';
import type { Credentials } from './credentials.ts';
import { createEvents, type Events } from './events.ts';
import { createIamRoles, type IamRoles } from './iam-roles.ts';
import { createInstanceTypes, type InstanceTypes } from './instance-types.ts';
import { createInstances, type Instances } from './instances.ts';
import { createLoadBalancers, type LoadBalancers } from './load-balancers.ts';
import type { Operations } from './operations.ts';
import { createPools, type Pools } from './pools.ts';
import { createQuotas, type Quotas } from './quotas.ts';
import { createSecurityGroups, type SecurityGroups } from './security-groups.ts';
import { createSshKeys, type SshKeys } from './ssh-keys.ts';
import { createStorage, type Storage } from './storage.ts';
import { type Clock, systemClock } from './system-clock.ts';
import { createTemplates, type Templates } from './templates.ts';
import type { Zone } from './zones.ts';

export interface ExoscaleOptions {
  /** `ch-gva-2`, `de-fra-1`, … */
  readonly zone: string;
  /** Asked before every attempt, so that a rotated key is used at once. */
  readonly credentials: () => Credentials | Promise<Credentials>;
  /**
   * Where the zones are read from; the zone's own endpoint is in the answer. Https, or http on loopback; contains `/v2`.
   * @default 'https://api-ch-gva-2.exoscale.com/v2'
   */
  readonly endpoint?: string | undefined;
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly clock?: Clock | undefined;
  /** For one attempt. @default 30_000 */
  readonly requestTimeoutMs?: number | undefined;
  /** @default 'exoship-exoscale-api' */
  readonly userAgent?: string | undefined;
  /** In [0, 1); spreads repeated calls. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** One zone of Exoscale. Mutations wait for their operation, and reject unless it succeeds. */
export interface Exoscale {
  /** Any call of API v2, by its documented path; resolves with the JSON that is answered. */
  request(call: ApiCall, options?: CallOptions): Promise<unknown>;
  /** All zones; read once per client, unsigned. */
  zones(options?: CallOptions): Promise<readonly Zone[]>;
  readonly operations: Operations;
  readonly instances: Instances;
  readonly pools: Pools;
  readonly templates: Templates;
  readonly securityGroups: SecurityGroups;
  readonly antiAffinityGroups: AntiAffinityGroups;
  readonly sshKeys: SshKeys;
  readonly instanceTypes: InstanceTypes;
  readonly loadBalancers: LoadBalancers;
  readonly quotas: Quotas;
  readonly iamRoles: IamRoles;
  readonly apiKeys: ApiKeys;
  readonly events: Events;
  readonly storage: Storage;
}

const known = [
  'zone',
  'credentials',
  'endpoint',
  'fetch',
  'clock',
  'requestTimeoutMs',
  'userAgent',
  'random',
];

/** Creates a client of one zone. Nothing is called before the first use. */
export function createExoscale(options: ExoscaleOptions): Exoscale {
  checkOptions('createExoscale()', options, known);
  const {
    zone,
    credentials,
    endpoint = 'https://api-ch-gva-2.exoscale.com/v2',
    fetch = globalThis.fetch,
    clock = systemClock,
    requestTimeoutMs = 30_000,
    userAgent = 'exoship-exoscale-api',
    random = Math.random,
  } = options;
  checkText('zone', zone);
  if (typeof credentials !== 'function') {
    throw new TypeError('Option "credentials" must be a function that returns them');
  }
  checkPositive('requestTimeoutMs', requestTimeoutMs);
  const http = { credentials, fetch, requestTimeoutMs, userAgent };
  const bootstrap = checkApiEndpoint('Option "endpoint"', endpoint);
  const client = createClient({ ...http, zone, endpoint: bootstrap, clock, random });
  const instances = createInstances(client);
  return {
    request: (call, { signal } = {}) => client.request(call, { signal }),
    zones: ({ signal } = {}) => client.zones({ signal }),
    operations: client.operations,
    instances,
    pools: createPools(client, instances),
    templates: createTemplates(client),
    securityGroups: createSecurityGroups(client),
    antiAffinityGroups: createAntiAffinityGroups(client),
    sshKeys: createSshKeys(client),
    instanceTypes: createInstanceTypes(client),
    loadBalancers: createLoadBalancers(client),
    quotas: createQuotas(client),
    iamRoles: createIamRoles(client),
    apiKeys: createApiKeys(client),
    events: createEvents(client),
    storage: createStorage(client, http),
  };
}
