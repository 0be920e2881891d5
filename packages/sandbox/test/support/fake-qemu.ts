import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Ends as the boot probe expects, with the accelerator in `works`; else plays a machine that knows its power button. */
const machine = (works: string) => `#!/bin/sh
case "$*" in
  *accel=${works}*isa-debug-exit*) exit 67 ;;
  *isa-debug-exit*) exit 1 ;;
esac
echo "$@"
while read -r order <&3; do
  case $order in *system_powerdown*) echo pressed; exit 0 ;; esac
done
`;

/** Programs that stand in for QEMU where it is not installed; the path of the first one. */
export async function writeFakeQemu(folder: string, works = 'tcg'): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const [qemu, image] = [join(bin, 'qemu-system-x86_64'), join(bin, 'qemu-img')];
  await writeFile(qemu, machine(works));
  await writeFile(image, '#!/bin/sh\nfor last; do :; done\necho made >"$last"\n');
  for (const program of [qemu, image]) await chmod(program, 0o755);
  return qemu;
}
