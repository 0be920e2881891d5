import { checkOptions } from './check-options.ts';
import type { CallOptions, Client, MutationOptions } from './client.ts';
import { createOnce, type Found } from './create-once.ts';
import type { Fields } from './fields.ts';
import { encodeUserData, idReferences, nameReferences } from './wire.ts';

export interface Instance {
  readonly id: string;
  readonly name: string;
  /** `starting`, `running`, `stopping`, `stopped`, `migrating`, `destroying`, `destroyed`, `expunging`, `error`. */
  readonly state: string;
  readonly createdAt?: Date | undefined;
  readonly templateId?: string | undefined;
  readonly instanceTypeId?: string | undefined;
  /** IPv4. */
  readonly publicIp?: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Id of the pool that it belongs to. */
  readonly managerId?: string | undefined;
}

export interface InstanceRequest {
  /** Unique: a create whose answer is lost is found again by it. */
  readonly name: string;
  readonly templateId: string;
  readonly instanceTypeId: string;
  /** 10 to 51 200. */
  readonly diskSizeGib: number;
  readonly securityGroupIds?: readonly string[] | undefined;
  readonly antiAffinityGroupIds?: readonly string[] | undefined;
  readonly sshKeyNames?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly publicIpAssignment?: 'inet4' | 'dual' | 'none' | undefined;
  /** Cloud-init, as plain text. */
  readonly userData?: string | undefined;
}

export interface InstanceFilter {
  readonly managerId?: string | undefined;
  /** Every one of these must be there; compared here, since the API does not document its own filter. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export interface Instances {
  list(filter?: InstanceFilter, options?: CallOptions): Promise<readonly Instance[]>;
  get(id: string, options?: CallOptions): Promise<Instance>;
  create(request: InstanceRequest, options?: MutationOptions): Promise<{ readonly id: string }>;
  start(id: string, options?: MutationOptions): Promise<void>;
  /** ACPI power button: the system inside may take its time. */
  stop(id: string, options?: MutationOptions): Promise<void>;
  /** Deleting what is gone is no error. */
  delete(id: string, options?: MutationOptions): Promise<void>;
}

const requestKeys = [
  'name',
  'templateId',
  'instanceTypeId',
  'diskSizeGib',
  'securityGroupIds',
  'antiAffinityGroupIds',
  'sshKeyNames',
  'labels',
  'publicIpAssignment',
  'userData',
];

export function createInstances(client: Client): Instances {
  const list: Instances['list'] = async ({ managerId, labels = {} } = {}, options) => {
    const query = { 'manager-id': managerId, 'manager-type': managerId && 'instance-pool' };
    return (await client.read({ path: '/instance', query }, options))
      .list('instances')
      .map(readInstance)
      .filter((instance) => managerId === undefined || instance.managerId === managerId)
      .filter(({ labels: own }) =>
        Object.entries(labels).every(([key, value]) => own[key] === value),
      );
  };

  return {
    list,
    get: async (id, options) =>
      readInstance(await client.read({ path: '/instance/{id}', params: { id } }, options)),
    create: async (request, options = {}) => {
      checkOptions('instances.create()', request, requestKeys);
      const body = instanceBody(request);
      return createOnce(
        client,
        { method: 'POST', path: '/instance', body },
        {
          ...options,
          name: request.name,
          find: async () => (await list({}, options)).filter(isRequested(request)).map(asFound),
        },
      );
    },
    start: (id, options) => power(id, 'start', {}, options),
    stop: (id, options) => power(id, 'stop', undefined, options),
    delete: (id, options) => client.remove('/instance/{id}', { id }, options),
  };

  async function power(
    id: string,
    verb: 'start' | 'stop',
    body: object | undefined,
    options: MutationOptions | undefined,
  ): Promise<void> {
    const path = `/instance/{id}:${verb}`;
    await client.mutate({ method: 'PUT', path, params: { id }, body, isRepeatable: true }, options);
  }
}

function readInstance(fields: Fields): Instance {
  return {
    id: fields.text('id'),
    name: fields.text('name'),
    state: fields.text('state'),
    createdAt: fields.optionalMoment('created-at'),
    templateId: fields.record('template')?.optionalText('id'),
    instanceTypeId: fields.record('instance-type')?.optionalText('id'),
    publicIp: fields.optionalText('public-ip'),
    securityGroupIds: fields.ids('security-groups'),
    labels: fields.labels('labels'),
    managerId: fields.record('manager')?.optionalText('id'),
  };
}

function instanceBody(request: InstanceRequest): object {
  return {
    name: request.name,
    template: { id: request.templateId },
    'instance-type': { id: request.instanceTypeId },
    'disk-size': request.diskSizeGib,
    'security-groups': idReferences(request.securityGroupIds),
    'anti-affinity-groups': idReferences(request.antiAffinityGroupIds),
    'ssh-keys': nameReferences(request.sshKeyNames),
    'public-ip-assignment': request.publicIpAssignment,
    'user-data': encodeUserData(request.userData),
    labels: request.labels,
  };
}

function isRequested(request: InstanceRequest): (instance: Instance) => boolean {
  return ({ name, templateId, state }) =>
    name === request.name &&
    templateId === request.templateId &&
    !['destroying', 'destroyed', 'expunging'].includes(state);
}

function asFound({ id, state }: Instance): Found {
  if (state === 'error') return { id, progress: 'failed' };
  return { id, progress: state === 'starting' ? 'pending' : 'ready' };
}
