import type { Sandbox } from '@exoship/sandbox';
import type { ContractEngine } from './contract-vault.ts';
import type { RealVault } from './start-real-vault.ts';
import { openWire } from './wire.ts';

/** The engine of the sandbox's own Vault, and the cloud that both engines work on. */
export function stageEngineRole({ zone, apiEndpoint }: Sandbox): ContractEngine {
  return { mountPath: 'exoscale', iamRole: 'exoship-test', zone, endpoint: apiEndpoint };
}

/** Mounts the plugin and hands it the sandbox's key, as an operator would do once. */
export async function configureEngine(
  { address, rootToken: token }: RealVault,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<ContractEngine> {
  const { must } = openWire(address, new Map(), signal);
  const engine = stageEngineRole(sandbox);
  await must('POST', `sys/mounts/${engine.mountPath}`, { token, body: { type: 'exoscale' } });
  const { key, secret } = sandbox.adminCredentials;
  const root = { root_api_key: key, root_api_secret: secret.reveal(), zone: sandbox.zone };
  await must('POST', `${engine.mountPath}/config/root`, { token, body: root });
  return engine;
}
