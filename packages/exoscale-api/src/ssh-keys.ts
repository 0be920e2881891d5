import { checkOptions } from './check-options.ts';
import type { CallOptions, Client, MutationOptions } from './client.ts';
import { createOnce } from './create-once.ts';
import type { Fields } from './fields.ts';

export interface SshKey {
  /** SSH keys have no other id. */
  readonly name: string;
  readonly fingerprint?: string | undefined;
}

export interface SshKeys {
  list(options?: CallOptions): Promise<readonly SshKey[]>;
  get(name: string, options?: CallOptions): Promise<SshKey>;
  /** `publicKey` as in an `authorized_keys` file. A name that is taken is a `conflict`. */
  register(
    request: { readonly name: string; readonly publicKey: string },
    options?: MutationOptions,
  ): Promise<SshKey>;
  /** Deleting what is gone is no error. */
  delete(name: string, options?: MutationOptions): Promise<void>;
}

const path = '/ssh-key/{name}';

export function createSshKeys(client: Client): SshKeys {
  const list: SshKeys['list'] = async (options) =>
    (await client.read({ path: '/ssh-key' }, options)).list('ssh-keys').map(readKey);
  const get: SshKeys['get'] = async (name, options) =>
    readKey(await client.read({ path, params: { name } }, options));

  return {
    list,
    get,
    register: async (request, options = {}) => {
      checkOptions('sshKeys.register()', request, ['name', 'publicKey']);
      const { name, publicKey } = request;
      await createOnce(
        client,
        { method: 'POST', path: '/ssh-key', body: { name, 'public-key': publicKey } },
        {
          ...options,
          name,
          id: name,
          find: async () =>
            (await list(options))
              .filter((key) => key.name === name)
              .map(() => ({ id: name, progress: 'ready' })),
        },
      );
      return get(name, options);
    },
    delete: (name, options) => client.remove(path, { name }, options),
  };
}

function readKey(fields: Fields): SshKey {
  return { name: fields.text('name'), fingerprint: fields.optionalText('fingerprint') };
}
