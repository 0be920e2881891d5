import { execa } from 'execa';
import { assertEnvironment, assertKnownKeys } from './assert-options.ts';
import { pickEnvironment } from './environment.ts';
import { PackerError } from './error.ts';
import { parseMachineReadable } from './machine-readable.ts';

export interface DetectOptions {
  /** Ambient environment to pick from, such as `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default 'packer' */
  readonly binary?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PackerVersion {
  /** Such as `1.6.6`. */
  readonly version: string;
}

/** Another program of that name may wait for input or run for ever. */
const TIMEOUT_MS = 15_000;
/** Since plugins left the core, it says nothing at all without a home; whose it is does not matter for a version. */
const NO_HOME = '/nonexistent';

/**
 * Asks Packer for its version.
 *
 * @throws PackerError `not-installed` when there is no such program, or it is not HashiCorp's.
 */
export async function detectPacker(options: DetectOptions): Promise<PackerVersion> {
  assertKnownKeys('detectPacker', options, ['env', 'binary', 'signal']);
  assertEnvironment(options.env);
  const { env, binary = 'packer', signal } = options;
  signal?.throwIfAborted();
  const result = await execa(binary, ['version', '-machine-readable'], {
    env: { ...pickEnvironment(env, []), HOME: NO_HOME },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: TIMEOUT_MS,
    forceKillAfterDelay: 1_000,
    maxBuffer: 64 * 1024,
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (result.code === 'ENOENT' || result.code === 'EACCES') {
    throw new PackerError('not-installed', `Cannot run "${binary}": it is not on the PATH`);
  }
  const version = result.stdout.split('\n').map(parseMachineReadable).find(isVersion)?.data[0];
  if (version === undefined || !/^\d+\.\d+/.test(version)) {
    throw new PackerError('not-installed', `Cannot use "${binary}": it is not HashiCorp's Packer`);
  }
  return { version };
}

function isVersion({ type }: { readonly type: string }): boolean {
  return type === 'version';
}
