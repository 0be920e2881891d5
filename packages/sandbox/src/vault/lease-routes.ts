import type { Outcome, RoutedCall } from './call.ts';
import { secondsUntil, toSeconds } from './durations.ts';
import { isRenewable, type Lease, type LeaseStore } from './lease-store.ts';
import { badRequest } from './refusal.ts';
import type { Route } from './router.ts';

/** `sys/leases/…`: whoever can name a lease and has the right on the path may act on it, owner or not. */
export function leaseRoutes(leases: LeaseStore, now: () => Date): readonly Route[] {
  const renew = (call: RoutedCall): Outcome => {
    const renewed = leases.renew(idOf(call), call.fields.durationMs('increment'));
    const lease = {
      id: renewed.lease.id,
      durationSeconds: toSeconds(renewed.ttlMs),
      renewable: renewed.lease.secret.renewable,
    };
    return { lease, warnings: renewed.warnings };
  };
  const revoke = (call: RoutedCall): Outcome | undefined => {
    const id = idOf(call);
    if (call.fields.boolean('sync', true)) {
      leases.revokeNow(id);
      return undefined;
    }
    leases.revokeSoon(id);
    return { status: 202 };
  };
  const lookup = (call: RoutedCall): Outcome => {
    const lease = leases.find(idOf(call));
    if (lease === undefined) throw badRequest('invalid lease');
    return { data: describeLease(lease, now()) };
  };
  const under = (call: RoutedCall): readonly Lease[] => {
    const prefix = call.parameters.prefix ?? '';
    return leases.live().filter((lease) => lease.id.startsWith(prefix));
  };
  const update = (pattern: string, run: Route['run']): Route => ({
    operations: ['update'],
    pattern,
    run,
  });

  return [
    update('leases/lookup', lookup),
    update('leases/renew', renew),
    update('leases/renew/*lease', renew),
    update('leases/revoke', revoke),
    update('leases/revoke/*lease', revoke),
    {
      ...update('leases/revoke-prefix/*prefix', (call) => {
        for (const lease of under(call)) leases.revokeNow(lease.id);
        return undefined;
      }),
      needsSudo: true,
    },
    {
      operations: ['list'],
      pattern: 'leases/lookup/*prefix',
      needsSudo: true,
      run: (call) => ({ data: { keys: keysUnder(call.parameters.prefix ?? '', under(call)) } }),
    },
  ];
}

function idOf(call: RoutedCall): string {
  const id = call.fields.string('lease_id') || (call.parameters.lease ?? '');
  if (id === '') throw badRequest('lease_id must be specified');
  return id;
}

/** One level of the tree, as a directory lists it. */
function keysUnder(prefix: string, leases: readonly Lease[]): string[] {
  const keys = leases.map((lease) => {
    const [first = '', ...rest] = lease.id.slice(prefix.length).replace(/^\//, '').split('/');
    return rest.length > 0 ? `${first}/` : first;
  });
  return [...new Set(keys)].sort();
}

function describeLease(lease: Lease, now: Date): Record<string, unknown> {
  return {
    id: lease.id,
    issue_time: lease.issuedAt.toISOString(),
    expire_time: lease.expiresAt.toISOString(),
    last_renewal: lease.lastRenewedAt?.toISOString() ?? null,
    renewable: isRenewable(lease, now),
    ttl: secondsUntil(lease.expiresAt, now),
    ...(lease.revokeError === undefined ? {} : { revoke_error: lease.revokeError }),
  };
}
