import type { Context } from './context.ts';
import type { Operation, OperationSteps, Operations } from './operations.ts';
import { type Quotas, quotaExceeded } from './quotas.ts';
import { notFound, Refusal } from './refusal.ts';
import type { Template, TemplateDetails } from './template.ts';

export interface TemplateFilter {
  readonly visibility?: 'public' | 'private' | undefined;
  readonly family?: string | undefined;
}

export interface Templates {
  list(zone: string, filter?: TemplateFilter): readonly Template[];
  get(zone: string, id: string): Template;
  /** The image of a template, also of a deleted one: instances made from it can be started again. */
  imageOf(id: string): unknown;
  /** As {@link imageOf}, of every template that there ever was. */
  checksumOf(id: string): string;
  /** Of the private ones. */
  countNow(): number;
  countEver(): number;
  /** Puts a finished template there at once: what a test or a proof starts from. */
  add(template: Partial<Omit<Template, 'id' | 'createdAt'>> & { readonly name: string }): Template;
  /** Fetches the image; the template exists from the success of its operation. */
  register(zone: string, details: TemplateDetails): Operation;
  /** Makes it available in one more zone, under the same id. */
  copy(zone: string, id: string, targetZone: string): Operation;
  delete(zone: string, id: string): Operation;
}

export interface TemplatesParts {
  readonly context: Context;
  readonly operations: Operations;
  readonly zones: readonly string[];
  readonly quotas: () => Quotas;
}

export function createTemplates(parts: TemplatesParts): Templates {
  const { context, operations } = parts;
  const records = new Map<string, Template>();
  const images = new Map<string, Pick<Template, 'image' | 'checksum'>>();
  let ever = 0;

  function keep(template: Template): Template {
    records.set(template.id, template);
    images.set(template.id, template);
    if (template.visibility === 'private') ever += 1;
    context.emit({ type: 'template-registered', templateId: template.id, name: template.name });
    return template;
  }

  function get(zone: string, id: string): Template {
    const template = records.get(id);
    if (template === undefined || !template.zones.includes(zone)) throw notFound('Template', id);
    return template;
  }

  function run(zone: string, command: string, id: string, steps: OperationSteps): Operation {
    const link = `/v2/template/${id}`;
    return operations.run({ zone, command, referenceId: id, link }, steps);
  }

  function register(zone: string, details: TemplateDetails): Operation {
    if (parts.quotas().available('template') < 1) {
      throw quotaExceeded(parts.quotas(), 'template');
    }
    const id = context.newId('template');
    const fetched = context.images.fetch(details.url, details.checksum);
    // Whoever injects a failure never looks at the image: its own failure must not be an unhandled one.
    fetched.catch(() => {});
    return run(zone, 'register-template', id, {
      apply: (running) => {
        context.after(context.duration('templateMs', id), () => {
          fetched.then(
            ({ sizeBytes, image }) => {
              const visibility = 'private';
              const createdAt = context.now();
              keep({ ...details, id, zones: [zone], visibility, sizeBytes, createdAt, image });
              running.succeed();
            },
            (error: unknown) => {
              context.emit({ type: 'template-failed', templateId: id, name: details.name });
              running.fail('incorrect', error instanceof Error ? error.message : 'Image refused');
            },
          );
        });
      },
    });
  }

  return {
    list: (zone, { visibility, family } = {}) =>
      [...records.values()].filter(
        (template) =>
          template.zones.includes(zone) &&
          (visibility === undefined || template.visibility === visibility) &&
          (family === undefined || template.family === family),
      ),
    get,
    imageOf: (id) => images.get(id)?.image,
    checksumOf: (id) => images.get(id)?.checksum ?? '',
    countNow: () =>
      [...records.values()].filter(({ visibility }) => visibility === 'private').length,
    countEver: () => ever,
    add: (template) =>
      keep({
        url: 'https://images.invalid/image',
        checksum: '0'.repeat(32),
        isSshKeyEnabled: true,
        isPasswordEnabled: false,
        zones: parts.zones,
        visibility: 'private',
        sizeBytes: 10 * 2 ** 30,
        image: undefined,
        ...template,
        id: context.newId('template'),
        createdAt: context.now(),
      }),
    register,
    copy(zone, id, targetZone) {
      get(zone, id);
      if (!parts.zones.includes(targetZone)) throw notFound('Zone', targetZone);
      return run(zone, 'copy-template', id, {
        apply: (running) => {
          const template = records.get(id);
          if (template === undefined) return running.fail('not-found', 'Template was deleted');
          const zones = [...new Set([...template.zones, targetZone])];
          records.set(id, { ...template, zones });
          running.succeed();
        },
      });
    },
    delete(zone, id) {
      const template = get(zone, id);
      if (template.visibility === 'public') {
        throw new Refusal('forbidden', `Template "${id}" is public`);
      }
      return run(zone, 'delete-template', id, {
        apply: (running) => {
          if (records.delete(id)) {
            context.emit({ type: 'template-deleted', templateId: id, name: template.name });
            context.images.release(template.image);
          }
          running.succeed();
        },
      });
    },
  };
}
