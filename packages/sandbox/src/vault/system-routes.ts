import type { AuditLog } from './audit-log.ts';
import type { Outcome, RoutedCall } from './call.ts';
import type { Policies } from './policies.ts';
import { badRequest } from './refusal.ts';
import type { Route } from './router.ts';

/** The version whose behaviour is followed; clients print it and some compare it. */
const SIMULATED_VERSION = '1.21.4';

/** `sys/health`, `sys/seal-status`, `sys/audit-hash` and `sys/capabilities-self`. */
export function systemRoutes(
  policies: Policies,
  auditLog: AuditLog,
  now: () => Date,
): readonly Route[] {
  return [
    {
      operations: ['read'],
      pattern: 'seal-status',
      isPublic: true,
      run: () => ({ rawBody: JSON.stringify(sealStatus) }),
    },
    {
      operations: ['read'],
      pattern: 'health',
      isPublic: true,
      run: () => ({ rawBody: JSON.stringify(healthBody(now(), { isSealed: false })) }),
    },
    {
      operations: ['update'],
      pattern: 'audit-hash/*device',
      run: (call) => ({ data: { hash: auditLog.hash(call.fields.string('input')) } }),
    },
    {
      operations: ['update'],
      pattern: 'capabilities-self',
      run: (call) => capabilitiesOf(call, policies),
    },
  ];
}

const sealStatus = {
  type: 'shamir',
  initialized: true,
  sealed: false,
  t: 1,
  n: 1,
  progress: 0,
  version: SIMULATED_VERSION,
};

/** `server_time_utc` is how a client learns that its clock is wrong. */
export function healthBody(
  now: Date,
  { isSealed }: { readonly isSealed: boolean },
): Record<string, unknown> {
  return {
    initialized: true,
    sealed: isSealed,
    standby: false,
    performance_standby: false,
    replication_performance_mode: 'disabled',
    replication_dr_mode: 'disabled',
    server_time_utc: Math.floor(now.getTime() / 1_000),
    version: SIMULATED_VERSION,
    cluster_name: 'sandbox',
    cluster_id: '00000000-0000-4000-8000-000000000000',
    enterprise: false,
    clock_skew_ms: 0,
    echo_duration_ms: 0,
    replication_primary_canary_age_ms: 0,
  };
}

function capabilitiesOf(call: RoutedCall, policies: Policies): Outcome {
  const paths = call.fields.has('paths') ? call.fields.list('paths') : call.fields.list('path');
  if (paths.length === 0) throw badRequest('paths must be supplied');
  const access = policies.accessOf(call.token?.policies ?? []);
  const byPath = Object.fromEntries(paths.map((path) => [path, access.capabilities(path)]));
  const data = { ...byPath, ...(paths.length === 1 && { capabilities: byPath[paths[0] ?? ''] }) };
  return { data, topLevel: data };
}
