import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { jobPath } from '../../demo/ci-job.ts';
import { missingForMachines } from '../../demo/machines.ts';
import { sha256Of } from './sha256-of.ts';

/** What images are made with. */
export interface Tools {
  /** Packer and QEMU, or programs that stand in for them. */
  readonly isReal: boolean;
  /** For people: which, and why. */
  readonly description: string;
  /** Of the jobs. */
  readonly path: string;
  /** `--var` arguments that name the base image. */
  readonly base: readonly string[];
}

const cache = fileURLToPath(
  new URL('../../../../node_modules/.cache/exoship-base/', import.meta.url),
);
const recipe = fileURLToPath(
  new URL('../../../../apps/hello/packer/tiny/make-base.sh', import.meta.url),
);
const standIns = fileURLToPath(new URL('stand-ins/', import.meta.url));

export async function findTools(
  wantsStandIn: boolean,
  say: (line: string) => void,
): Promise<Tools> {
  const missing = await missingForMachines(jobPath);
  if (wantsStandIn || missing.length > 0) {
    const why = wantsStandIn
      ? 'as asked'
      : `apt-get install ${missing.join(' ')} for the real ones`;
    return {
      isReal: false,
      description: `stand-ins for packer, qemu and ssh (${why})`,
      path: [standIns, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
      base: ['--var', 'base_image=none', '--var', 'base_checksum=none'],
    };
  }
  const image = join(cache, `tiny-${(await sha256Of(recipe)).slice(0, 16)}.qcow2`);
  if (!existsSync(image)) {
    say('making the smallest base image (kept for the next time)');
    await mkdir(cache, { recursive: true });
    // It has no need of Node, and a program of some kind must be there.
    await execa(recipe, [image, '/bin/true']);
  }
  const { stdout } = await execa('packer', ['version'], { env: { PATH: jobPath } });
  return {
    isReal: true,
    description: `${stdout.split('\n')[0]} and qemu`,
    path: jobPath,
    base: [
      '--var',
      `base_image=${image}`,
      '--var',
      `base_checksum=sha256:${await sha256Of(image)}`,
    ],
  };
}
