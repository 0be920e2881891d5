import type { Storage } from './storage.ts';
import type { Template, Templates } from './templates.ts';

export interface ImportTemplateOptions {
  /** Image on disk (qcow2). */
  readonly file: string;
  /** Name of the template. */
  readonly name: string;
  /** Where the image lies while Exoscale fetches it; created when missing. */
  readonly bucket: string;
  readonly description?: string | undefined;
  readonly version?: string | undefined;
  readonly build?: string | undefined;
  readonly defaultUser?: string | undefined;
  /** @default 'legacy', by Exoscale */
  readonly bootMode?: 'legacy' | 'uefi' | undefined;
  /** @default true */
  readonly sshKeyEnabled?: boolean | undefined;
  /** @default false */
  readonly passwordEnabled?: boolean | undefined;
  /** Returns a template of the same name and checksum instead of a second one. @default true */
  readonly reuse?: boolean | undefined;
  /** For the upload, and again for the registration. @default 1_800_000 */
  readonly deadlineMs?: number | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type ImportProgress =
  | { readonly type: 'file-digested'; readonly checksum: string; readonly sizeBytes: number }
  | { readonly type: 'bytes-sent'; readonly sentBytes: number; readonly sizeBytes: number }
  | { readonly type: 'registration-started' }
  /** What was registered is not what was uploaded: the import fails, and this template stays. */
  | { readonly type: 'template-differs'; readonly templateId: string }
  /** The image, or a part of it, could not be removed from the bucket; whoever knows its URL can read what is whole. */
  | { readonly type: 'object-left'; readonly path: string; readonly why: string };

export interface ImportedTemplate extends Template {
  /** True when it was there already, and nothing was uploaded. */
  readonly reused: boolean;
  /** `bucket/key` of the uploaded image when it could not be removed. */
  readonly leftObject?: string | undefined;
}

/** The part of `Exoscale` that an import needs. */
export interface ImportClient {
  readonly storage: Storage;
  readonly templates: Templates;
}

export const importOptionKeys: readonly string[] = [
  'file',
  'name',
  'bucket',
  'description',
  'version',
  'build',
  'defaultUser',
  'bootMode',
  'sshKeyEnabled',
  'passwordEnabled',
  'reuse',
  'deadlineMs',
  'onProgress',
  'signal',
];
