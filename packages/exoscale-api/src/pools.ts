import { checkOptions } from './check-options.ts';
import type { CallOptions, Client, MutationOptions } from './client.ts';
import { createOnce } from './create-once.ts';
import { ExoscaleError } from './exoscale-error.ts';
import { type Fields, readFields } from './fields.ts';
import { findOne } from './find-one.ts';
import type { Instance, Instances } from './instances.ts';
import { type PoolRequest, poolBody, poolRequestKeys } from './pool-request.ts';
import { type PoolChanges, type RawPool, unexpectedChanges, updateBody } from './pool-update.ts';

export interface InstancePool {
  readonly id: string;
  readonly name: string;
  /** Members the pool wants to have. */
  readonly size: number;
  /** `creating`, `running`, `scaling-up`, `scaling-down`, `updating`, `suspended`, `destroying`. */
  readonly state: string;
  /** What new members boot. */
  readonly templateId: string;
  readonly instanceTypeId?: string | undefined;
  readonly memberIds: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly minAvailable?: number | undefined;
  readonly securityGroupIds: readonly string[];
  /** What owns the pool, when it is not its own: `sks-nodepool`. */
  readonly managerType?: string | undefined;
}

export interface Pools {
  list(options?: CallOptions): Promise<readonly InstancePool[]>;
  get(id: string, options?: CallOptions): Promise<InstancePool>;
  /** `undefined` when there is none; two of one name are a `conflict`. */
  findByName(name: string, options?: CallOptions): Promise<InstancePool | undefined>;
  /** In one call, whatever their number. */
  members(id: string, options?: CallOptions): Promise<readonly Instance[]>;
  create(request: PoolRequest, options?: MutationOptions): Promise<{ readonly id: string }>;
  /** One PUT of the changes and all that it would clear otherwise; then reads again, and rejects with
   * `unexpected-change` when the pool is not as it was but for the changes. */
  update(
    id: string,
    changes: PoolChanges | ((current: InstancePool) => PoolChanges),
    options?: CallOptions & Pick<MutationOptions, 'deadlineMs'>,
  ): Promise<InstancePool>;
  /** Absolute. Growing only: which members a smaller size removes is not documented; see {@link evict}. */
  scale(id: string, size: number, options?: MutationOptions): Promise<void>;
  /** Deletes exactly these members and lowers the size by their number. */
  evict(id: string, instanceIds: readonly string[], options?: MutationOptions): Promise<void>;
  /** Deletes the pool with its members; deleting what is gone is no error. */
  delete(id: string, options?: MutationOptions): Promise<void>;
}

const path = '/instance-pool/{id}';
const changeKeys = ['templateId', 'instanceTypeId', 'labels', 'minAvailable', 'userData'];
/** Readings after an update before it counts as not done: what is written may show late. */
const readings = 4;

export function createPools(client: Client, instances: Instances): Pools {
  const list: Pools['list'] = async (options) =>
    (await client.read({ path: '/instance-pool' }, options)).list('instance-pools').map(readPool);
  const getRaw = async (id: string, options?: CallOptions): Promise<RawPool> =>
    (await client.read({ path, params: { id } }, options)).raw;

  return {
    list,
    get: async (id, options) => fromRaw(await getRaw(id, options)),
    findByName: async (name, options) => findOne(await list(options), name, 'GET /instance-pool'),
    members: (id, options) => instances.list({ managerId: id }, options),
    create: async (request, options = {}) => {
      checkOptions('pools.create()', request, poolRequestKeys);
      const body = poolBody(request);
      return createOnce(
        client,
        { method: 'POST', path: '/instance-pool', body },
        {
          ...options,
          name: request.name,
          find: async () =>
            (await list(options))
              .filter((pool) => pool.name === request.name && pool.state !== 'destroying')
              .map(({ id, state }) => ({
                id,
                progress: state === 'running' ? 'ready' : 'pending',
              })),
        },
      );
    },
    update: async (id, wanted, options = {}) => {
      const before = await getRaw(id, options);
      const changes = typeof wanted === 'function' ? wanted(fromRaw(before)) : wanted;
      checkOptions('pools.update()', changes, changeKeys);
      const body = updateBody(before, changes);
      const call = { method: 'PUT', path, params: { id }, body, isRepeatable: true } as const;
      await client.mutate(call, options);
      return fromRaw(await readChanged(id, before, changes, options));
    },
    scale: async (id, size, options) => {
      if (!Number.isSafeInteger(size) || size < 0) {
        throw new RangeError(`Size of a pool must be a whole number from 0: ${size}`);
      }
      const call = {
        method: 'PUT',
        path: `${path}:scale`,
        params: { id },
        body: { size },
      } as const;
      await client.mutate({ ...call, isRepeatable: true }, options);
    },
    evict: async (id, instanceIds, options) => {
      if (instanceIds.length === 0) throw new RangeError('Evicting needs at least one instance id');
      const body = { instances: instanceIds };
      await client.mutate({ method: 'PUT', path: `${path}:evict`, params: { id }, body }, options);
    },
    delete: (id, options) => client.remove(path, { id }, options),
  };

  async function readChanged(
    id: string,
    before: RawPool,
    changes: PoolChanges,
    options: CallOptions,
  ): Promise<RawPool> {
    for (let reading = 1; ; reading++) {
      const after = await getRaw(id, options);
      const unexpected = unexpectedChanges(before, after, changes);
      if (unexpected.length === 0) return after;
      if (reading === readings) throw unexpectedChange(unexpected);
      await client.clock.sleep(500 * reading, options);
    }
  }
}

function readPool(fields: Fields): InstancePool {
  const template = fields.record('template');
  return {
    id: fields.text('id'),
    name: fields.text('name'),
    size: fields.count('size'),
    state: fields.text('state'),
    templateId: template?.text('id') ?? fields.text('template'),
    instanceTypeId: fields.record('instance-type')?.optionalText('id'),
    memberIds: fields.ids('instances'),
    labels: fields.labels('labels'),
    minAvailable: fields.optionalCount('min-available'),
    securityGroupIds: fields.ids('security-groups'),
    managerType: fields.record('manager')?.optionalText('type'),
  };
}

function fromRaw(raw: RawPool): InstancePool {
  return readPool(readFields(raw, { call: `GET ${path}` }));
}

function unexpectedChange(names: readonly string[]): ExoscaleError {
  return new ExoscaleError(
    `Cannot vouch for "PUT ${path}": after it, the pool is not as asked in ${names.join(', ')}`,
    { code: 'unexpected-change', call: `PUT ${path}` },
  );
}
