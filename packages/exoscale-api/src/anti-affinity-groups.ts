import { checkOptions } from './check-options.ts';
import type { CallOptions, Client, MutationOptions } from './client.ts';
import { createOnce } from './create-once.ts';
import type { Fields } from './fields.ts';
import { findOne } from './find-one.ts';

/** Instances that never share a host. */
export interface AntiAffinityGroup {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly instanceIds: readonly string[];
}

export interface AntiAffinityGroups {
  list(options?: CallOptions): Promise<readonly AntiAffinityGroup[]>;
  /** `undefined` when there is none; two of one name are a `conflict`. */
  findByName(name: string, options?: CallOptions): Promise<AntiAffinityGroup | undefined>;
  create(
    request: { readonly name: string; readonly description?: string | undefined },
    options?: MutationOptions,
  ): Promise<{ readonly id: string }>;
  /** Deleting what is gone is no error. */
  delete(id: string, options?: MutationOptions): Promise<void>;
}

const path = '/anti-affinity-group';

export function createAntiAffinityGroups(client: Client): AntiAffinityGroups {
  const list: AntiAffinityGroups['list'] = async (options) =>
    (await client.read({ path }, options)).list('anti-affinity-groups').map(readGroup);

  return {
    list,
    findByName: async (name, options) => findOne(await list(options), name, `GET ${path}`),
    create: async (request, options = {}) => {
      checkOptions('antiAffinityGroups.create()', request, ['name', 'description']);
      const { name, description } = request;
      return createOnce(
        client,
        { method: 'POST', path, body: { name, description } },
        {
          ...options,
          name,
          find: async () =>
            (await list(options))
              .filter((group) => group.name === name)
              .map(({ id }) => ({ id, progress: 'ready' })),
        },
      );
    },
    delete: (id, options) => client.remove(`${path}/{id}`, { id }, options),
  };
}

function readGroup(fields: Fields): AntiAffinityGroup {
  return {
    id: fields.text('id'),
    name: fields.text('name'),
    description: fields.optionalText('description'),
    instanceIds: fields.ids('instances'),
  };
}
