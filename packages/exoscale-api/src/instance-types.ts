import type { CallOptions, Client } from './client.ts';
import type { Fields } from './fields.ts';

export interface InstanceType {
  readonly id: string;
  readonly family: string;
  readonly size: string;
  readonly cpus?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** Whether this account may use it; `undefined` when the answer does not say. */
  readonly isAuthorized?: boolean | undefined;
}

export interface InstanceTypes {
  list(options?: CallOptions): Promise<readonly InstanceType[]>;
  /** By `family.size`, or by size alone in the standard family: `standard.tiny`, `tiny`. */
  find(name: string, options?: CallOptions): Promise<InstanceType | undefined>;
}

export function createInstanceTypes(client: Client): InstanceTypes {
  const list: InstanceTypes['list'] = async (options) =>
    (await client.read({ path: '/instance-type' }, options)).list('instance-types').map(readType);
  return {
    list,
    find: async (name, options) => {
      const wanted = name.includes('.') ? name : `standard.${name}`;
      return (await list(options)).find((type) => `${type.family}.${type.size}` === wanted);
    },
  };
}

function readType(fields: Fields): InstanceType {
  return {
    id: fields.text('id'),
    family: fields.text('family'),
    size: fields.text('size'),
    cpus: fields.optionalCount('cpus'),
    memoryBytes: fields.optionalCount('memory'),
    isAuthorized: fields.flag('authorized'),
  };
}
