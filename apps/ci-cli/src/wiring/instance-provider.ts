import { type Exoscale, type Instance, isExoscaleError } from '@exoship/exoscale-api';
import type { InstanceProvider, InstanceView } from '@exoship/smoke';

export interface InstanceShape {
  readonly instanceTypeId: string;
  readonly diskSizeGib: number;
  readonly securityGroupIds: readonly string[];
}

/** Lets the smoke test make its one instance at Exoscale, of a given size behind given security groups. */
export function createInstanceProvider(exoscale: Exoscale, shape: InstanceShape): InstanceProvider {
  const { instances } = exoscale;
  return {
    create: async (request, options) =>
      await instances.create({ ...request, ...shape }, { ...options, until: 'accepted' }),
    get: async (id, options) => {
      try {
        return viewOf(await instances.get(id, options));
      } catch (error) {
        if (isExoscaleError(error) && error.code === 'not-found') return undefined;
        throw error;
      }
    },
    findByName: async (name, options) => {
      const all = await instances.list({}, options);
      return viewOf(all.find((instance) => instance.name === name));
    },
    delete: async (id, options) => await instances.delete(id, { ...options, until: 'accepted' }),
  };
}

/** An instance on its way out still answers for a while: for a test it is gone. */
function viewOf(instance: Instance | undefined): InstanceView | undefined {
  if (instance === undefined || ['destroyed', 'expunging'].includes(instance.state))
    return undefined;
  const { id, name, state, publicIp } = instance;
  return { id, name, state, address: publicIp };
}
