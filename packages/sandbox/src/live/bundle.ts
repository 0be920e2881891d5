import { list } from 'tar';
import { SandboxError } from '../error.ts';

/** `exoship-bundle.json`, at the root of a `.tar.gz`: how a process template is started. */
export interface BundleManifest {
  /** The command and its arguments; a leading `node` means the Node that runs the sandbox. */
  readonly start: readonly [string, ...string[]];
  /** The TCP port that the program listens on, given to it as `PORT`. */
  readonly port: number;
  readonly version: string;
}

const manifestName = 'exoship-bundle.json';
const longestManifestBytes = 64 * 1024;

/** Reads the manifest of a bundle without unpacking anything else. */
export async function readManifest(file: string): Promise<BundleManifest> {
  const text = await readEntry(file).catch((cause: unknown) => {
    throw invalid(`is not a readable .tar.gz: ${(cause as Error).message}`, cause);
  });
  if (text === undefined) throw invalid(`holds no ${manifestName} at its root`);
  return parseManifest(text);
}

/** Checks shape and types; says which key is wrong. */
function parseManifest(text: string): BundleManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(`has a ${manifestName} that is not JSON`, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`has a ${manifestName} that is not an object`);
  }
  const { start, port, version, ...others } = value as Record<string, unknown>;
  const unknownKey = Object.keys(others)[0];
  if (unknownKey !== undefined)
    throw invalid(`has an unknown key "${unknownKey}" in ${manifestName}`);
  if (!isCommand(start)) throw invalid('needs "start": a list of one or more non-empty strings');
  if (!isPort(port)) throw invalid('needs "port": a whole number between 1 and 65535');
  if (typeof version !== 'string' || version === '') {
    throw invalid('needs "version": a non-empty string');
  }
  return { start, port, version };
}

async function readEntry(file: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let isFound = false;
  let size = 0;
  await list({
    file,
    strict: true,
    filter: (path) => path.replace(/^\.\//, '') === manifestName,
    onReadEntry: (entry) => {
      isFound = true;
      entry.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= longestManifestBytes) chunks.push(chunk);
      });
    },
  });
  if (size > longestManifestBytes) throw new RangeError(`${manifestName} is too long`);
  return isFound ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function isCommand(value: unknown): value is readonly [string, ...string[]] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((argument) => typeof argument === 'string' && argument !== '')
  );
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function invalid(problem: string, cause?: unknown): SandboxError {
  return new SandboxError('image-invalid', `Bundle ${problem}`, { cause });
}
