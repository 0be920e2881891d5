import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ground, outVariable } from '../../prove/packer/ground.ts';
import { startLine } from '../../prove/packer/run-line.ts';

/** One `ci-cli build`, taken apart. */
export interface WholeBuild {
  /** Of the whole process. */
  readonly wallMs: number;
  /** Of the boot that proves the image, by its own account. */
  readonly verifyMs: number;
  /** Minting a key, upload, registration, and giving the key back. */
  readonly publishMs: number;
  /** The same commit once more. */
  readonly againMs: number;
}

/** An installed ci-cli is plain JavaScript; from its sources, most of a short run is their translation. */
const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'exoship-compile-cache') };

export async function runWholeBuild(ground: Ground): Promise<WholeBuild> {
  const commit = Buffer.from(`${performance.now()}`).toString('hex').padEnd(40, '0').slice(0, 40);
  const env = { ...compiled, CI_COMMIT_SHA: commit };
  await using job = await ground.openJob({ build: outVariable, env });
  const line = job.line(['build', ...ground.tools.base]);
  const first = await startLine(line).ended;
  if (first.exitCode !== 0) throw new RangeError(`The build fails: ${first.stderr}`);
  const again = await startLine(line).ended;
  if (!again.stderr.includes('registered already')) {
    throw new RangeError(`The same commit is built twice: ${again.stderr}`);
  }
  const at = (words: string): number => momentOf(first.stderr, words);
  return {
    wallMs: first.durationMs,
    verifyMs: at('the image was verified') - at('packer finished'),
    publishMs: at('template tiny-') - at('the image was verified'),
    againMs: again.durationMs,
  };
}

/** By the clock in front of each line. */
function momentOf(stderr: string, words: string): number {
  const line = stderr.split('\n').findLast((one) => one.includes(words)) ?? '';
  return Number(/^\s*([\d.]+)s/.exec(line)?.[1]) * 1_000;
}
