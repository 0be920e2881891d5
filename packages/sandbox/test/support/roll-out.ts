import type { Cloud } from '../../src/model/cloud.ts';
import type { Operation } from '../../src/model/operations.ts';
import { appPort } from './app-port.ts';

export const lameDuckMs = 300;

/** One face of the sandbox, as the scenario needs it. */
export interface Face {
  readonly cloud: Cloud;
  readonly until: (what: string, isDone: () => boolean) => Promise<unknown>;
  /** Where the image of a version can be fetched, and its checksum. */
  readonly image: (version: string) => Promise<{ readonly url: string; readonly checksum: string }>;
}

const zone = 'ch-gva-2';

/** A rollout by hand: two old members, two new ones, drain one old, evict both. */
export async function rollOut({ cloud, until, image }: Face): Promise<void> {
  const settle = async ({ id, command, referenceId }: Operation): Promise<string> => {
    await until(`the end of ${command}`, () => cloud.operations.get(id).state !== 'pending');
    const { state, message } = cloud.operations.get(id);
    if (state !== 'success') throw new Error(`${command} ended with ${state}: ${message}`);
    return referenceId;
  };
  const register = async (version: string): Promise<string> => {
    const access = { isSshKeyEnabled: false, isPasswordEnabled: false };
    const source = await image(version);
    return settle(
      cloud.templates.register(zone, { name: `hello-${version}`, ...source, ...access }),
    );
  };
  const first = await register('1.0.0');
  const second = await register('2.0.0');
  const poolId = await settle(cloud.pools.create(zone, poolDetails(cloud, first), 2));
  await balance(cloud, poolId, settle);
  const service = () => cloud.snapshot().services[0];
  const old = () => cloud.pools.members(poolId).filter(({ templateId }) => templateId === first);

  await until('the old to serve', () => service()?.serving.length === 2);
  await settle(cloud.pools.update(zone, poolId, { templateId: second }));
  await settle(cloud.pools.scale(zone, poolId, 4));
  await until('the new to serve', () => service()?.serving.length === 4);
  const [drained, other] = old().map(({ id }) => id) as [string, string];
  const stopping = cloud.instances.stop(zone, drained);
  await until('the drain', () => service()?.rotation.length === 3);
  await settle(stopping);
  await settle(cloud.pools.evict(zone, poolId, [drained, other]));
  await until('the old to go', () => old().length === 0 && service()?.rotation.length === 2);
}

function poolDetails(cloud: Cloud, templateId: string): Parameters<Cloud['pools']['create']>[1] {
  return {
    name: 'web',
    description: '',
    templateId,
    instanceTypeId: cloud.catalog.instanceTypes[0]?.id ?? '',
    diskSizeGib: 10,
    securityGroupIds: [],
    antiAffinityGroupIds: [],
    elasticIpIds: [],
    privateNetworkIds: [],
    sshKeyNames: [],
    publicIpAssignment: 'inet4',
    userData: Buffer.from(`#exoship-env\nLAME_DUCK_MS=${lameDuckMs}`).toString('base64'),
    labels: {},
    instancePrefix: 'pool',
    isIpv6Enabled: false,
  };
}

/** Checks far more often than the API allows, so that nobody waits. */
async function balance(
  cloud: Cloud,
  poolId: string,
  settle: (operation: Operation) => Promise<string>,
): Promise<void> {
  const named = { name: 'front', description: '', labels: {} };
  const balancerId = await settle(cloud.loadBalancers.create(zone, named));
  const healthCheck = {
    mode: 'http',
    port: appPort,
    uri: '/health',
    intervalSeconds: 0.05,
    timeoutSeconds: 1,
    retries: 2,
  } as const;
  await settle(
    cloud.loadBalancers.addService(zone, balancerId, {
      name: 'http',
      description: '',
      poolId,
      port: appPort,
      targetPort: appPort,
      protocol: 'tcp',
      strategy: 'round-robin',
      healthCheck,
    }),
  );
}
