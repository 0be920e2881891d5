import { checkOptions } from './check-options.ts';
import type { CallOptions, Client, MutationOptions } from './client.ts';
import { createOnce } from './create-once.ts';
import type { Fields } from './fields.ts';
import { findOne } from './find-one.ts';

/** What a role allows, in Exoscale's own form. */
export interface IamPolicy {
  /** For services that are not named. */
  readonly 'default-service-strategy': 'allow' | 'deny';
  /** By service: `compute`, `iam`, `sos`, … */
  readonly services: Readonly<Record<string, IamServicePolicy>>;
}

export interface IamServicePolicy {
  readonly type: 'allow' | 'deny' | 'rules';
  /** The first that matches decides. */
  readonly rules?: readonly IamRule[] | undefined;
}

export interface IamRule {
  readonly action: 'allow' | 'deny';
  /** CEL: `operation in ['list-instances', 'get-instance']`. */
  readonly expression: string;
}

export interface IamRole {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly isEditable?: boolean | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** As it was answered. */
  readonly policy?: IamPolicy | undefined;
}

export interface IamRoleRequest {
  /** Unique, at most 191 characters. */
  readonly name: string;
  readonly policy: IamPolicy;
  readonly description?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** @default true, by Exoscale */
  readonly isEditable?: boolean | undefined;
}

export interface IamRoles {
  list(options?: CallOptions): Promise<readonly IamRole[]>;
  get(id: string, options?: CallOptions): Promise<IamRole>;
  /** `undefined` when there is none; two of one name are a `conflict`. */
  findByName(name: string, options?: CallOptions): Promise<IamRole | undefined>;
  create(request: IamRoleRequest, options?: MutationOptions): Promise<{ readonly id: string }>;
  /** Deleting what is gone is no error; a role that keys still have is. */
  delete(id: string, options?: MutationOptions): Promise<void>;
}

const requestKeys = ['name', 'policy', 'description', 'labels', 'isEditable'];

export function createIamRoles(client: Client): IamRoles {
  const list: IamRoles['list'] = async (options) =>
    (await client.read({ path: '/iam-role' }, options)).list('iam-roles').map(readRole);

  return {
    list,
    get: async (id, options) =>
      readRole(await client.read({ path: '/iam-role/{id}', params: { id } }, options)),
    findByName: async (name, options) => findOne(await list(options), name, 'GET /iam-role'),
    create: async (request, options = {}) => {
      checkOptions('iamRoles.create()', request, requestKeys);
      return createOnce(
        client,
        { method: 'POST', path: '/iam-role', body: roleBody(request) },
        {
          ...options,
          name: request.name,
          find: async () =>
            (await list(options))
              .filter(({ name }) => name === request.name)
              .map(({ id }) => ({ id, progress: 'ready' })),
        },
      );
    },
    delete: (id, options) => client.remove('/iam-role/{id}', { id }, options),
  };
}

function readRole(fields: Fields): IamRole {
  return {
    id: fields.text('id'),
    name: fields.text('name'),
    description: fields.optionalText('description'),
    isEditable: fields.flag('editable'),
    labels: fields.labels('labels'),
    policy: fields.record('policy')?.raw as IamPolicy | undefined,
  };
}

function roleBody({ name, policy, description, labels, isEditable }: IamRoleRequest): object {
  return { name, policy, description, labels, editable: isEditable };
}
