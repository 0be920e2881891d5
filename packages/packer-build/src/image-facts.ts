import { execa } from 'execa';
import { qemuMissing } from './choose-accelerator.ts';
import { pickEnvironment } from './environment.ts';

/** One thing that an image must be or do. */
export interface Finding {
  readonly what: string;
  readonly passed: boolean;
  /** What was seen. */
  readonly detail: string;
}

/** What `qemu-img info --output=json` says, as far as it matters. */
interface ImageInfo {
  readonly format?: string;
  readonly 'virtual-size'?: number;
  readonly 'actual-size'?: number;
  readonly 'backing-filename'?: string;
  readonly encrypted?: boolean;
}

const GIB = 2 ** 30;
/** Of a custom template, in GiB (Exoscale's documentation of custom templates). */
const SMALLEST_GIB = 10;
const LARGEST_GIB = 100;

/** What Exoscale demands of an image before it takes it for a template. */
export function judgeInfo(info: ImageInfo): readonly Finding[] {
  const virtualGib = (info['virtual-size'] ?? 0) / GIB;
  const backing = info['backing-filename'];
  const isPreallocated = (info['actual-size'] ?? 0) >= (info['virtual-size'] ?? 0);
  return [
    finding('format', info.format === 'qcow2', info.format ?? 'unknown'),
    finding(
      'virtual size',
      virtualGib >= SMALLEST_GIB && virtualGib <= LARGEST_GIB,
      `${Number(virtualGib.toFixed(2))} GiB of ${SMALLEST_GIB} to ${LARGEST_GIB}`,
    ),
    finding('stands alone', backing === undefined, backing ?? 'no backing file'),
    finding('not preallocated', !isPreallocated, `${info['actual-size'] ?? 0} bytes on disk`),
    finding('not encrypted', info.encrypted !== true, String(info.encrypted ?? false)),
  ];
}

/** Asks qemu-img about an image, and whether it is whole. */
export async function inspectImage(
  image: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  const info = await qemuImg(['info', '--output=json', image], env, signal);
  if (info.exitCode !== 0) return [finding('readable', false, lastLine(info.stderr))];
  const facts = judgeInfo(JSON.parse(info.stdout) as ImageInfo);
  // A file of another format has nothing to check.
  if (facts.some(({ what, passed }) => what === 'format' && !passed)) return facts;
  const check = await qemuImg(['check', '-q', '-f', 'qcow2', image], env, signal);
  const detail = check.exitCode === 0 ? 'qemu-img check' : lastLine(check.stderr);
  return [...facts, finding('consistent', check.exitCode === 0, detail)];
}

async function qemuImg(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal | undefined,
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const { exitCode, stdout, stderr, code } = await execa('qemu-img', args, {
    env: pickEnvironment(env, []),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    maxBuffer: 1024 * 1024,
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (code === 'ENOENT' || code === 'EACCES') throw qemuMissing('qemu-img', 'qemu-utils');
  return { exitCode, stdout, stderr };
}

function finding(what: string, passed: boolean, detail: string): Finding {
  return { what, passed, detail };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
