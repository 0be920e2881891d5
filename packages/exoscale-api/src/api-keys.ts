import { checkOptions } from './check-options.ts';
import type { CallOptions, Client, MutationOptions } from './client.ts';
import { conceal } from './conceal.ts';
import type { Credentials } from './credentials.ts';
import { createsAllowed, isDoubtful, lookUp } from './doubt.ts';
import { ExoscaleError, isExoscaleError } from './exoscale-error.ts';
import { type Fields, readFields } from './fields.ts';

export interface ApiKey {
  readonly key: string;
  readonly name: string;
  readonly roleId?: string | undefined;
}

/** With the secret, which Exoscale tells once. */
export interface NewApiKey extends ApiKey, Credentials {}

export interface ApiKeys {
  list(options?: CallOptions): Promise<readonly ApiKey[]>;
  get(key: string, options?: CallOptions): Promise<ApiKey>;
  /**
   * Under a name that no key has yet: a taken one is a `conflict`. A key whose answer was lost is deleted, since nobody
   * knows its secret, and made anew; no key is left behind by an error.
   */
  create(
    request: { readonly name: string; readonly roleId: string },
    options?: CallOptions,
  ): Promise<NewApiKey>;
  /** Deleting what is gone is no error. */
  delete(key: string, options?: MutationOptions): Promise<void>;
}

const path = '/api-key/{key}';
const createCall = 'POST /api-key';
/** A cancelled CI job has a few seconds for all of its cleaning up. */
const cancelledCleanupMs = 2_000;

export function createApiKeys(client: Client): ApiKeys {
  const list: ApiKeys['list'] = async (options) =>
    (await client.read({ path: '/api-key' }, options)).list('api-keys').map(readKey);
  const remove: ApiKeys['delete'] = (key, options) => client.remove(path, { key }, options);
  const named = async (name: string, options?: CallOptions): Promise<readonly ApiKey[]> =>
    (await list(options)).filter((key) => key.name === name);

  async function send(name: string, roleId: string, options: CallOptions): Promise<NewApiKey> {
    const body = { name, 'role-id': roleId };
    const answer = await client.request({ method: 'POST', path: '/api-key', body }, options);
    const fields = readFields(answer, { call: createCall });
    return { ...readKey(fields), secret: conceal(fields.text('secret')) };
  }

  /** Deletes what the create may have made, as soon as it shows. */
  async function discard(name: string, doubt: ExoscaleError, options: CallOptions): Promise<void> {
    const find = () => named(name, options);
    const made = await lookUp(client, { find, signal: options.signal }, doubt);
    for (const { key } of made) await remove(key, options);
  }

  return {
    list,
    get: async (key, options) => readKey(await client.read({ path, params: { key } }, options)),
    create: async (request, options = {}) => {
      checkOptions('apiKeys.create()', request, ['name', 'roleId']);
      const { name, roleId } = request;
      if ((await named(name, options)).length > 0) throw taken(name);
      for (let attempt = 1; ; attempt++) {
        try {
          return await send(name, roleId, options);
        } catch (error) {
          if (options.signal?.aborted) await discardQuietly(name);
          if (!mayHaveMade(error)) throw error;
          await discard(name, error, options);
          if (!isDoubtful(error) || error.code === 'timed-out') throw error;
          if (attempt === createsAllowed) throw error;
        }
      }
    },
    delete: remove,
  };

  async function discardQuietly(name: string): Promise<void> {
    const options = { signal: AbortSignal.timeout(cancelledCleanupMs) };
    try {
      for (const { key } of await named(name, options)) await remove(key, options);
    } catch {
      // The caller is told of its own abort; what is left has a name to be found by.
    }
  }
}

function readKey(fields: Fields): ApiKey {
  return {
    key: fields.text('key'),
    name: fields.text('name'),
    roleId: fields.optionalText('role-id'),
  };
}

/** Also an answer that cannot be read: then there is a key whose secret nobody knows. */
function mayHaveMade(error: unknown): error is ExoscaleError {
  return isDoubtful(error) || (isExoscaleError(error) && error.code === 'invalid-response');
}

function taken(name: string): ExoscaleError {
  return new ExoscaleError(`Cannot create API key "${name}": there is one of that name`, {
    code: 'conflict',
    call: createCall,
    sent: false,
  });
}
