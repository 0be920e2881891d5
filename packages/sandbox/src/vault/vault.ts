import { type Handler, type HttpRequest, type HttpResponse, json } from '../http/exchange.ts';
import type { KeyIssuer } from '../model/key-issuer.ts';
import type { Scheduler } from '../model/ports.ts';
import { createAlarms } from './alarms.ts';
import { appRoleRoutes } from './app-role-routes.ts';
import { type AppRoleStore, createAppRoleStore } from './app-role-store.ts';
import { type AuditEntry, createAuditLog } from './audit-log.ts';
import type { Call } from './call.ts';
import { decodeCall } from './decode-call.ts';
import { createDraws } from './draws.ts';
import { encodeRefusal, encodeServed } from './encode-reply.ts';
import { exoscaleRoutes } from './exoscale-engine.ts';
import { createFaults, type VaultFault } from './faults.ts';
import { jwtRoutes } from './jwt-routes.ts';
import { leaseRoutes } from './lease-routes.ts';
import { createLeaseStore } from './lease-store.ts';
import { createMounts } from './mounts.ts';
import { serve } from './pipeline.ts';
import { createPolicies } from './policies.ts';
import { Refusal } from './refusal.ts';
import { concealed, type Secret } from './secret.ts';
import { takeSnapshot, type VaultSnapshot } from './snapshot.ts';
import { systemRoutes } from './system-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { createTokenStore } from './token-store.ts';
import { wrappingRoutes } from './wrapping.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface VaultOptions {
  readonly scheduler: Scheduler;
  /** Where the Exoscale engine gets its keys; a throw is the cloud's refusal. */
  readonly issuer: KeyIssuer;
  /** Every token, id and accessor follows from it. */
  readonly seed: string;
  /** @default 32 days */
  readonly defaultTtlMs?: number;
  /** @default 32 days */
  readonly maxTtlMs?: number;
  /** How long a lease outlives a token that took it along. @default 200 */
  readonly revocationDelayMs?: number;
  /** The pause after a failed revocation, doubled each time. @default 10_000 */
  readonly revocationRetryMs?: number;
  /** What the cloud says when a key is gone already. @default 'not-in-organization' */
  readonly missingKey?: 'not-in-organization' | 'not-found';
}

export interface Vault extends Disposable {
  /** Serves `/v1/…`. */
  readonly handler: Handler;
  readonly rootToken: Secret;
  /** Makes something go wrong; the result puts it right again. */
  inject(fault: VaultFault): () => void;
  /** What Vault's audit device would hold, oldest first; only the newest 20 000 entries are kept. */
  auditLog(): readonly AuditEntry[];
  /** What is alive now, without the secrets themselves. */
  snapshot(): VaultSnapshot;
  /** Forgets all timers; idempotent. Same as disposing. */
  close(): void;
}

/** A Vault in memory: AppRole, JWT, tokens, leases, wrapping and the Exoscale engine, as the wire shows them. */
export function createVault(options: VaultOptions): Vault {
  const alarms = createAlarms(options.scheduler);
  const draws = createDraws(options.seed);
  const now = (): Date => alarms.now();
  const limits = {
    defaultTtlMs: options.defaultTtlMs ?? 32 * DAY_MS,
    maxTtlMs: options.maxTtlMs ?? 32 * DAY_MS,
  };
  const leases = createLeaseStore({
    alarms,
    draws,
    queueDelayMs: options.revocationDelayMs ?? 200,
    retryBaseMs: options.revocationRetryMs ?? 10_000,
  });
  const tokens = createTokenStore({
    alarms,
    draws,
    onEnd: (token) => leases.revokeOwnedBy(token.id),
  });
  const policies = createPolicies();
  const auditLog = createAuditLog(options.seed, now);
  const faults = createFaults(now);
  const issuer = faults.disturbIssuer(options.issuer);
  const appRoleStores: AppRoleStore[] = [];
  const mounts = createMounts(limits, {
    approle(mountLimits) {
      const store = createAppRoleStore(alarms, draws);
      appRoleStores.push(store);
      return appRoleRoutes(store, { tokens, draws, limits: mountLimits, now });
    },
    jwt: (mountLimits) => jwtRoutes({ tokens, draws, limits: mountLimits, now }),
    exoscale: (mountLimits) =>
      exoscaleRoutes({
        issuer,
        limits: mountLimits,
        now,
        missingKey: options.missingKey ?? 'not-in-organization',
      }),
  });
  mounts.add('sys/', 'system', () => [
    ...systemRoutes(policies, auditLog, now),
    ...policies.routes,
    ...mounts.routes,
    ...leaseRoutes(leases, now),
    ...wrappingRoutes(tokens),
  ]);
  mounts.add('auth/token/', 'token', () => tokenRoutes({ tokens, policies, limits, now }));
  mounts.enable('auth/approle/', 'approle');
  mounts.enable('auth/jwt/', 'jwt');
  mounts.enable('exoscale/', 'exoscale');

  const root = tokens.create({
    type: 'service',
    policies: ['root'],
    path: 'auth/token/root',
    displayName: 'root',
    uses: 0,
    ttlMs: 0,
    renewable: false,
  });

  const answerCall = (call: Call): HttpResponse => {
    const caller = tokens.find(call.clientToken);
    try {
      const served = serve({ tokens, leases, policies, mounts }, call);
      auditLog.record(call, caller, served);
      return encodeServed(call, served);
    } catch (error) {
      if (error instanceof Refusal) auditLog.record(call, caller, error);
      throw error;
    }
  };
  const answer = (request: HttpRequest): HttpResponse => {
    if (!request.path.startsWith('/v1/')) return json(404, { errors: [] });
    try {
      return answerCall(decodeCall(request, draws.uuid(draws.fresh('request'))));
    } catch (error) {
      if (error instanceof Refusal) return encodeRefusal(error);
      throw error;
    }
  };

  return {
    handler: (request) =>
      Promise.resolve().then(() => faults.disturb(request, () => answer(request))),
    rootToken: concealed(root.id),
    inject: (fault) => faults.inject(fault),
    auditLog: () => auditLog.entries(),
    snapshot: () =>
      takeSnapshot({
        tokens: tokens.live(),
        leases: leases.live(),
        secretIds: appRoleStores.flatMap((store) => store.secretIds()),
      }),
    close: () => alarms.close(),
    [Symbol.dispose]: () => alarms.close(),
  };
}
