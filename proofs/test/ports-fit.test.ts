import type { ApiKey, LeaseSource } from '@exoship/exo-runner';
import type { Credentials } from '@exoship/exoscale-api';
import type { createRolloutPool } from '@exoship/exoscale-api/rollout-pool';
import type { Pool, Probe } from '@exoship/rollout';
import type { createMemoryPool } from '@exoship/rollout/testing';
import type { probe } from '@exoship/smoke';
import type { VaultSession } from '@exoship/vault-approle';
import { expectTypeOf, test } from 'vitest';

// Packages never import each other: this is where it shows that what one offers is what another one asks for.

test('a Vault session is a source of leases', () => {
  expectTypeOf<VaultSession>().toExtend<LeaseSource>();
});

test('a minted key is what the API client signs with', () => {
  expectTypeOf<ApiKey>().toExtend<Credentials>();
});

test('an Exoscale instance pool, and the one in memory, are pools that can be rolled out', () => {
  expectTypeOf<ReturnType<typeof createRolloutPool>>().toExtend<Pool>();
  expectTypeOf<ReturnType<typeof createMemoryPool>>().toExtend<Pool>();
});

test('what a smoke probe answers is what the gate asks for', () => {
  expectTypeOf<Awaited<ReturnType<typeof probe>>>().toExtend<Awaited<ReturnType<Probe>>>();
});
