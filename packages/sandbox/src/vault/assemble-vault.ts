import { type Alarms, createAlarms } from './alarms.ts';
import { appRoleRoutes } from './app-role-routes.ts';
import { type AppRoleStore, createAppRoleStore } from './app-role-store.ts';
import { type AuditLog, createAuditLog } from './audit-log.ts';
import { createDraws, type Draws } from './draws.ts';
import { exoscaleRoutes } from './exoscale-engine.ts';
import { createFaults, type Faults } from './faults.ts';
import { jwtRoutes } from './jwt-routes.ts';
import { leaseRoutes } from './lease-routes.ts';
import { createLeaseStore } from './lease-store.ts';
import { createMounts, type Mounts } from './mounts.ts';
import type { Pipeline } from './pipeline.ts';
import { createPolicies } from './policies.ts';
import { systemRoutes } from './system-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { createTokenStore } from './token-store.ts';
import type { VaultSettings } from './vault-options.ts';
import { wrappingRoutes } from './wrapping.ts';

/** The parts of a Vault, wired. */
export interface VaultParts extends Pipeline {
  readonly alarms: Alarms;
  readonly draws: Draws;
  readonly auditLog: AuditLog;
  readonly faults: Faults;
  /** One per AppRole mount. */
  readonly appRoleStores: readonly AppRoleStore[];
}

type Stores = Omit<VaultParts, 'mounts' | 'appRoleStores'>;

export function assembleVault(settings: VaultSettings): VaultParts {
  const alarms = createAlarms(settings.scheduler);
  const draws = createDraws(settings.seed);
  const leases = createLeaseStore({
    alarms,
    draws,
    queueDelayMs: settings.revocationDelayMs,
    retryBaseMs: settings.revocationRetryMs,
  });
  const onEnd = ({ id }: { readonly id: string }): void => leases.revokeOwnedBy(id);
  const stores: Stores = {
    alarms,
    draws,
    leases,
    tokens: createTokenStore({ alarms, draws, onEnd }),
    policies: createPolicies(),
    auditLog: createAuditLog(settings.seed, () => alarms.now()),
    faults: createFaults(() => alarms.now()),
  };
  const appRoleStores: AppRoleStore[] = [];
  return { ...stores, appRoleStores, mounts: mountBackends(settings, stores, appRoleStores) };
}

function mountBackends(
  settings: VaultSettings,
  stores: Stores,
  appRoleStores: AppRoleStore[],
): Mounts {
  const { alarms, draws, tokens, leases, policies, auditLog, faults } = stores;
  const now = (): Date => alarms.now();
  const { defaultTtlMs, maxTtlMs, missingKey } = settings;
  const issuer = faults.disturbIssuer(settings.issuer);
  const mounts = createMounts(
    { defaultTtlMs, maxTtlMs },
    {
      approle(limits) {
        const store = createAppRoleStore(alarms, draws);
        appRoleStores.push(store);
        return appRoleRoutes(store, { tokens, draws, limits, now });
      },
      jwt: (limits) => jwtRoutes({ tokens, draws, limits, now }),
      exoscale: (limits) => exoscaleRoutes({ issuer, limits, now, missingKey }),
    },
  );
  mounts.add('sys/', 'system', () => [
    ...systemRoutes(policies, auditLog, now),
    ...policies.routes,
    ...mounts.routes,
    ...leaseRoutes(leases, now),
    ...wrappingRoutes(tokens),
  ]);
  mounts.add('auth/token/', 'token', (limits) => tokenRoutes({ tokens, policies, limits, now }));
  mounts.enable('auth/approle/', 'approle');
  mounts.enable('auth/jwt/', 'jwt');
  mounts.enable('exoscale/', 'exoscale');
  return mounts;
}
