import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const cache = fileURLToPath(new URL('../../../node_modules/.cache/exoship-base/', import.meta.url));
const tiny = fileURLToPath(new URL('../../../apps/hello/packer/tiny/', import.meta.url));

/** What the jobs find in EXOSHIP_CONFIG when they build machines. */
export const machineConfig: string = fileURLToPath(
  new URL('../../../apps/hello/exoship.vm.yaml', import.meta.url),
);

/** `[command, Debian package]`: for the images, and for what all of them start from. */
const commands = [
  ['packer', 'packer'],
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['qemu-img', 'qemu-utils'],
  ['ssh', 'openssh-client'],
  ['cpio', 'cpio'],
  ['sfdisk', 'fdisk'],
  ['mke2fs', 'e2fsprogs'],
  ['grub-mkimage', 'grub-common'],
] as const;
const bootBlock = '/usr/lib/grub/i386-pc/boot.img';

/** The Debian packages that are not there and have to be installed. */
export async function missingForMachines(searchPath: string): Promise<readonly string[]> {
  const path = `${searchPath}:/usr/sbin:/sbin`;
  const missing = await Promise.all(
    commands.map(async ([command, debianPackage]) => {
      const { code } = await execa(command, ['--version'], { env: { PATH: path }, reject: false });
      return code === 'ENOENT' || code === 'EACCES' ? debianPackage : undefined;
    }),
  );
  return [...missing, existsSync(bootBlock) ? undefined : 'grub-pc-bin'].filter(
    (name) => name !== undefined,
  );
}

/**
 * The image that all machines of the demo start from, made when its recipe has changed; as arguments of `build`.
 * `undefined` when it could not be made.
 */
export async function prepareBase(
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const image = join(cache, `${await recipeHash()}.qcow2`);
  if (!existsSync(image)) {
    say('making the base image of Debian packages (kept for the next time)');
    await mkdir(cache, { recursive: true });
    const made = execa(join(tiny, 'make-base.sh'), [image, process.execPath], {
      cancelSignal: signal,
      all: true,
      reject: false,
    });
    const { exitCode, all } = await made;
    signal.throwIfAborted();
    for (const line of all.split('\n')) say(`  ${line}`);
    if (exitCode !== 0) return undefined;
  }
  const checksum = `base_checksum=sha256:${await sha256(image)}`;
  return ['--var', `base_image=${image}`, '--var', checksum];
}

/** Packages move on; whoever wants the newest ones removes the cache. */
async function recipeHash(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  const files = ['make-base.sh', 'grub.cfg', 'initramfs/init', 'rootfs/etc/rcS'];
  for (const file of [...files, 'rootfs/etc/inittab', 'rootfs/etc/rc.stop']) {
    hash.update(await readFile(join(tiny, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
