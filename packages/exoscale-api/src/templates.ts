import { checkOptions } from './check-options.ts';
import type { CallOptions, Client, MutationOptions } from './client.ts';
import { createOnce } from './create-once.ts';
import type { Fields } from './fields.ts';

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly visibility: string;
  readonly createdAt?: Date | undefined;
  /** MD5 of the image, in hex. */
  readonly checksum?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly description?: string | undefined;
  readonly family?: string | undefined;
  readonly version?: string | undefined;
  readonly build?: string | undefined;
  readonly bootMode?: string | undefined;
  readonly defaultUser?: string | undefined;
}

export interface TemplateRequest {
  readonly name: string;
  /** Where Exoscale fetches the image from (qcow2). */
  readonly url: string;
  /** MD5 of the image, in hex. With the name, it tells the template when an answer is lost. */
  readonly checksum: string;
  /** @default true */
  readonly sshKeyEnabled?: boolean | undefined;
  /** @default false */
  readonly passwordEnabled?: boolean | undefined;
  readonly description?: string | undefined;
  readonly version?: string | undefined;
  readonly build?: string | undefined;
  readonly defaultUser?: string | undefined;
  /** @default 'legacy', by Exoscale */
  readonly bootMode?: 'legacy' | 'uefi' | undefined;
}

export interface TemplateFilter {
  /** @default 'private': one's own */
  readonly visibility?: 'private' | 'public' | undefined;
  readonly family?: string | undefined;
}

export interface Templates {
  list(filter?: TemplateFilter, options?: CallOptions): Promise<readonly Template[]>;
  get(id: string, options?: CallOptions): Promise<Template>;
  /** Names are not unique: the last one made, or `undefined`. */
  newestByName(
    name: string,
    filter?: TemplateFilter,
    options?: CallOptions,
  ): Promise<Template | undefined>;
  register(request: TemplateRequest, options?: MutationOptions): Promise<{ readonly id: string }>;
  /** Resolves with its id in that zone. Never repeated by itself: an error may leave the copy there. */
  copy(id: string, zone: string, options?: MutationOptions): Promise<{ readonly id: string }>;
  /** Deleting what is gone is no error. */
  delete(id: string, options?: MutationOptions): Promise<void>;
}

const requestKeys = [
  'name',
  'url',
  'checksum',
  'sshKeyEnabled',
  'passwordEnabled',
  'description',
  'version',
  'build',
  'defaultUser',
  'bootMode',
];

export function createTemplates(client: Client): Templates {
  const list: Templates['list'] = async ({ visibility = 'private', family } = {}, options) =>
    (await client.read({ path: '/template', query: { visibility, family } }, options))
      .list('templates')
      .map(readTemplate);

  return {
    list,
    get: async (id, options) =>
      readTemplate(await client.read({ path: '/template/{id}', params: { id } }, options)),
    newestByName: async (name, filter, options) =>
      newest((await list(filter, options)).filter((template) => template.name === name)),
    register: async (request, options = {}) => {
      checkOptions('templates.register()', request, requestKeys);
      return createOnce(
        client,
        { method: 'POST', path: '/template', body: templateBody(request) },
        {
          ...options,
          name: request.name,
          find: async () =>
            (await list({}, options))
              .filter(
                ({ name, checksum }) => name === request.name && checksum === request.checksum,
              )
              .map(({ id }) => ({ id, progress: 'ready' })),
        },
      );
    },
    copy: async (id, zone, options) => {
      const body = { 'target-zone': { name: zone } };
      const call = { method: 'POST', path: '/template/{id}', params: { id }, body } as const;
      const { referenceId } = await client.mutate(call, options);
      return { id: referenceId ?? id };
    },
    delete: (id, options) => client.remove('/template/{id}', { id }, options),
  };
}

/** The one made last; those without a date count as oldest. */
export function newest(templates: readonly Template[]): Template | undefined {
  return templates.toSorted((a, b) => madeAt(b) - madeAt(a))[0];
}

function madeAt(template: Template): number {
  return template.createdAt?.getTime() ?? 0;
}

function readTemplate(fields: Fields): Template {
  return {
    id: fields.text('id'),
    name: fields.text('name'),
    visibility: fields.optionalText('visibility') ?? 'private',
    createdAt: fields.optionalMoment('created-at'),
    checksum: fields.optionalText('checksum'),
    sizeBytes: fields.optionalCount('size'),
    description: fields.optionalText('description'),
    family: fields.optionalText('family'),
    version: fields.optionalText('version'),
    build: fields.optionalText('build'),
    bootMode: fields.optionalText('boot-mode'),
    defaultUser: fields.optionalText('default-user'),
  };
}

function templateBody(request: TemplateRequest): object {
  return {
    name: request.name,
    url: request.url,
    checksum: request.checksum,
    'ssh-key-enabled': request.sshKeyEnabled ?? true,
    'password-enabled': request.passwordEnabled ?? false,
    description: request.description,
    version: request.version,
    build: request.build,
    'default-user': request.defaultUser,
    'boot-mode': request.bootMode,
  };
}
