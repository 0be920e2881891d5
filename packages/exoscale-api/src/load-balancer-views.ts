import type { Fields } from './fields.ts';

/** The check by which a service admits members. */
export interface HealthCheck {
  readonly mode: 'tcp' | 'http' | 'https';
  readonly port: number;
  /** Path, for http and https. */
  readonly uri?: string | undefined;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Consecutive failures until a member leaves; one success brings it back. */
  readonly retries: number;
}

export interface MemberHealth {
  readonly publicIp: string;
  /** `undefined` while the service has not spoken. */
  readonly status?: 'success' | 'failure' | undefined;
}

export interface LoadBalancerService {
  readonly id: string;
  readonly name: string;
  /** `creating`, `running`, `updating`, `deleting`, `error`. */
  readonly state?: string | undefined;
  /** The one pool it forwards to. */
  readonly poolId?: string | undefined;
  readonly protocol?: string | undefined;
  readonly port?: number | undefined;
  readonly targetPort?: number | undefined;
  readonly healthCheck?: HealthCheck | undefined;
  readonly health: readonly MemberHealth[];
}

export interface LoadBalancer {
  readonly id: string;
  readonly name: string;
  /** `creating`, `running`, `migrating`, `migrated`, `deleting`, `error`. */
  readonly state?: string | undefined;
  /** IPv4. */
  readonly ip?: string | undefined;
  readonly services: readonly LoadBalancerService[];
}

export function readLoadBalancer(fields: Fields): LoadBalancer {
  return {
    id: fields.text('id'),
    name: fields.text('name'),
    state: fields.optionalText('state'),
    ip: fields.optionalText('ip'),
    services: fields.records('services').map(readService),
  };
}

function readService(fields: Fields): LoadBalancerService {
  const healthCheck = fields.record('healthcheck');
  return {
    id: fields.text('id'),
    name: fields.text('name'),
    state: fields.optionalText('state'),
    poolId: fields.record('instance-pool')?.optionalText('id'),
    protocol: fields.optionalText('protocol'),
    port: fields.optionalCount('port'),
    targetPort: fields.optionalCount('target-port'),
    healthCheck: healthCheck && readHealthCheck(healthCheck),
    health: fields.records('healthcheck-status').flatMap(readHealth),
  };
}

/** Exoscale counts in seconds; its documented defaults stand in for what an answer leaves out. */
function readHealthCheck(fields: Fields): HealthCheck | undefined {
  const mode = fields.optionalText('mode');
  const port = fields.optionalCount('port');
  if (port === undefined || (mode !== 'tcp' && mode !== 'http' && mode !== 'https'))
    return undefined;
  return {
    mode,
    port,
    uri: fields.optionalText('uri'),
    intervalMs: (fields.optionalCount('interval') ?? 10) * 1000,
    timeoutMs: (fields.optionalCount('timeout') ?? 2) * 1000,
    retries: fields.optionalCount('retries') ?? 1,
  };
}

function readHealth(fields: Fields): MemberHealth[] {
  const publicIp = fields.optionalText('public-ip');
  const status = fields.optionalText('status');
  if (publicIp === undefined) return [];
  return [{ publicIp, status: status === 'success' || status === 'failure' ? status : undefined }];
}
