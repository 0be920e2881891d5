import assert from 'node:assert/strict';
import type { ContractEngine, ContractVault } from './contract-vault.ts';
import type { Reply, Wire } from './wire.ts';

/** What a case finds: a Vault with an AppRole method and names of its own. */
export interface Stage extends Wire {
  readonly vault: ContractVault;
  readonly root: string;
  /** Prefix of everything that the case makes at the root of Vault. */
  readonly prefix: string;
  /** An AppRole method, as in `exoship-1a2b-approle`. */
  readonly appRole: string;
  /** A JWT method. */
  readonly jwt: string;
  readonly signal: AbortSignal;
  /** @throws when there is none: only cases with `needs: 'exoscale'` may ask. */
  engine(): ContractEngine;
}

export interface ContractCase {
  readonly name: string;
  readonly needs?: 'exoscale';
  /** Goes through when Vault does as it should; throws when not. */
  play(stage: Stage): Promise<void>;
}

export function refused(reply: Reply, status: number, text: string | RegExp): void {
  assert.equal(reply.status, status, `answered ${reply.status} ${reply.errors}`);
  if (typeof text === 'string') assert.equal(reply.errors, text);
  else assert.match(reply.errors, text);
}

export function empty(reply: Reply, status = 204): void {
  assert.equal(reply.status, status, `answered ${reply.status} ${reply.errors}`);
  assert.deepEqual(reply.body, {});
}
