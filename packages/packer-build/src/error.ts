import type { Artifact } from './artifact.ts';

/**
 * - `not-installed`: there is no Packer by this name, or it is another program.
 * - `qemu-missing`, `ssh-missing`: an image cannot be verified here.
 * - `folder-unusable`: the private folder could not be made, or not be watched over.
 * - `template-invalid`, `component-missing`, `plugins-unavailable`: nothing was started.
 * - `ssh-timeout`, `provisioner-failed`, `post-processor-failed`: what Packer says of the build.
 * - `upload-failed`, `registration-failed`: what its importer says; an object may be left in the bucket.
 * - `disk-full`: what Packer says, or next to nothing is left on the disk.
 * - `exposed`: stopped by us, because the machine took connections from more than this computer.
 * - `build-failed`: any other failure · `no-artifact`: Packer succeeded and produced nothing.
 * - `timed-out`: stopped by us, for its deadline or its silence · `interrupted`: stopped by somebody else.
 */
export type PackerErrorCode =
  | 'not-installed'
  | 'qemu-missing'
  | 'ssh-missing'
  | 'folder-unusable'
  | 'template-invalid'
  | 'component-missing'
  | 'plugins-unavailable'
  | 'ssh-timeout'
  | 'provisioner-failed'
  | 'post-processor-failed'
  | 'upload-failed'
  | 'registration-failed'
  | 'disk-full'
  | 'exposed'
  | 'build-failed'
  | 'no-artifact'
  | 'timed-out'
  | 'interrupted';

const RETRYABLE: ReadonlySet<PackerErrorCode> = new Set([
  'plugins-unavailable',
  'ssh-timeout',
  'upload-failed',
  'timed-out',
  'interrupted',
]);

export interface PackerErrorDetails {
  readonly exitCode?: number | undefined;
  readonly lastMessages?: readonly string[];
  readonly artifacts?: readonly Artifact[];
  readonly cause?: unknown;
}

/** There is no build result. Texts in it have been redacted. */
export class PackerError extends Error {
  override readonly name = 'PackerError';
  readonly code: PackerErrorCode;
  /** True when the same build may succeed without any change. */
  readonly retryable: boolean;
  readonly exitCode: number | undefined;
  /** What Packer said last, oldest first. */
  readonly lastMessages: readonly string[];
  /** Made all the same, by the builds of the template that did not fail. */
  readonly artifacts: readonly Artifact[];

  constructor(code: PackerErrorCode, message: string, details: PackerErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : {});
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.exitCode = details.exitCode;
    this.lastMessages = details.lastMessages ?? [];
    this.artifacts = details.artifacts ?? [];
  }
}

/** Works across copies of this package, unlike `instanceof`. */
export function isPackerError(error: unknown): error is PackerError {
  return error instanceof Error && error.name === 'PackerError';
}
