import { type Sandbox, startSandbox } from '@exoship/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stageEngineRole } from '../src/real/vault-contract/configure-engine.ts';
import { contractCases } from '../src/real/vault-contract/contract-cases.ts';
import type { ContractEngine, ContractVault } from '../src/real/vault-contract/contract-vault.ts';
import { playCase } from '../src/real/vault-contract/play-contract.ts';

const { env } = process;

describe('the contract, on the sandbox', () => {
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 5, appPort: 18_080, vault: { revocationDelayMs: 50 } });
  });
  afterAll(async () => await sandbox?.close());

  test.each(contractCases.map((one) => [one.name, one] as const))('%s', async (_, contractCase) => {
    if (sandbox === undefined) throw new RangeError('There is no sandbox');
    const vault: ContractVault = {
      name: 'sandbox',
      address: sandbox.vaultAddress,
      rootToken: sandbox.vault.rootToken.reveal(),
      exoscale: stageEngineRole(sandbox),
    };
    expect((await playCase(contractCase, vault)).problem).toBeUndefined();
  });
});

/** Where `VAULT_TEST_ADDR` says, with the root token in `VAULT_TEST_TOKEN`. */
function givenVault(): ContractVault | undefined {
  const { VAULT_TEST_ADDR: address, VAULT_TEST_TOKEN: rootToken } = env;
  if (address === undefined || rootToken === undefined) return undefined;
  return { name: address, address, rootToken, exoscale: givenEngine() };
}

/** `VAULT_TEST_EXOSCALE=1`: the plugin is mounted at `exoscale` and has its root key. */
function givenEngine(): ContractEngine | undefined {
  if (env.VAULT_TEST_EXOSCALE !== '1') return undefined;
  const zone = env.EXOSCALE_ZONE ?? 'ch-gva-2';
  return {
    mountPath: 'exoscale',
    iamRole: env.VAULT_TEST_IAM_ROLE ?? 'exoship-test',
    zone,
    endpoint: env.EXOSCALE_API_ENDPOINT ?? `https://api-${zone}.exoscale.com/v2`,
  };
}

describe('the contract, on the Vault of VAULT_TEST_ADDR', () => {
  const vault = givenVault();
  for (const contractCase of contractCases) {
    const isLacking = contractCase.needs === 'exoscale' && vault?.exoscale === undefined;
    test.skipIf(vault === undefined || isLacking)(contractCase.name, async () => {
      if (vault === undefined) throw new RangeError('There is no Vault');
      expect((await playCase(contractCase, vault)).problem).toBeUndefined();
    });
  }
});
