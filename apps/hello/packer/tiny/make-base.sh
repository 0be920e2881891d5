#!/bin/bash
# Makes a small machine image out of Debian packages: kernel, busybox, dropbear and the Node given. It boots from disk
# (GRUB, BIOS), reads a NoCloud seed, lets in who holds a key of that, and powers off when asked by ACPI.
# Needs no root, no loop device, no chroot. Written in one go: OUT is either absent or whole.
set -euo pipefail

usage='make-base.sh OUT.qcow2 NODE [VIRTUAL_GIB]'
out=$(readlink -f "${1:?$usage}")
node=$(readlink -f "${2:?$usage}")
gib=${3:-10}
here=$(dirname "$(readlink -f "$0")")
PATH=$PATH:/usr/sbin:/sbin

# command:package
tools='apt-get:apt dpkg-deb:dpkg cpio:cpio sfdisk:fdisk mke2fs:e2fsprogs grub-mkimage:grub-common qemu-img:qemu-utils'
missing=''
for tool in $tools; do command -v "${tool%:*}" >/dev/null || missing="$missing ${tool#*:}"; done
[ -f /usr/lib/grub/i386-pc/boot.img ] || missing="$missing grub-pc-bin"
[ -z "$missing" ] || { echo "make-base.sh: install the Debian packages:$missing" >&2; exit 2; }

work=$(mktemp -d "$(dirname "$out")/.base-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/debs" "$work/unpacked" "$work/initramfs" "$work/root"

kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image-/ { print $2; exit }')
[ -n "$kernel" ] || { echo 'make-base.sh: no kernel package known: run apt-get update' >&2; exit 2; }
(
  cd "$work/debs"
  # As root, apt warns that its own user cannot write here.
  apt-get -qq -o APT::Sandbox::User=root download "$kernel" busybox-static dropbear-bin \
    openssh-client openssh-sftp-server libc6 libstdc++6 libgcc-s1 libtomcrypt1 libtommath1 zlib1g libcrypt1 libgmp10
)
for package in "$work"/debs/*.deb; do dpkg-deb -x "$package" "$work/unpacked"; done
cd "$work/unpacked"
release=$(basename lib/modules/*)
modules=lib/modules/$release/kernel

# The first stage finds the disk; what the second one needs is loaded here too, so the root file system has no modules.
(
  cd "$work/initramfs"
  mkdir bin proc dev modules root
  cp "$work/unpacked/bin/busybox" bin/
  for applet in sh mount insmod sleep switch_root; do ln -s busybox "bin/$applet"; done
  number=10
  for module in drivers/virtio/virtio_ring drivers/virtio/virtio drivers/virtio/virtio_pci_modern_dev \
    drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci drivers/block/virtio_blk net/core/failover \
    drivers/net/net_failover drivers/net/virtio_net drivers/char/hw_random/virtio-rng drivers/cdrom/cdrom \
    fs/isofs/isofs drivers/input/evdev drivers/acpi/button; do
    cp "$work/unpacked/$modules/$module.ko" "modules/$number-$(basename $module).ko"
    number=$((number + 1))
  done
  install -m 755 "$here/initramfs/init" init
  find . | LC_ALL=C sort | cpio -o -H newc --quiet | gzip -9n >"$work/initrd"
)

cd "$work/root"
mkdir -p bin sbin lib64 lib/x86_64-linux-gnu usr/bin usr/sbin usr/lib/openssh etc/dropbear proc sys dev run tmp mnt srv \
  root/.ssh var/log boot
chmod 1777 tmp && chmod 700 root root/.ssh
cp -r "$here"/rootfs/. .
chmod 755 etc/rcS etc/rc.stop etc/udhcpc.script etc/acpi/PWRF/00000080
chmod 600 etc/shadow
cp "$work/unpacked/bin/busybox" bin/
for applet in $(bin/busybox --list); do [ "$applet" = busybox ] || ln -s busybox "bin/$applet"; done
ln -s ../bin/busybox sbin/init
cp -L "$work/unpacked/lib64/ld-linux-x86-64.so.2" lib64/
for library in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 libstdc++.so.6 libgcc_s.so.1 libz.so.1 libcrypt.so.1 \
  libtomcrypt.so.1 libtommath.so.1 libgmp.so.10; do
  cp -L "$(find "$work/unpacked" -name "$library" | head -1)" lib/x86_64-linux-gnu/
done
cp "$work/unpacked/usr/sbin/dropbear" usr/sbin/
cp "$work"/unpacked/usr/bin/{dropbearkey,scp} usr/bin/
cp "$work/unpacked/usr/lib/openssh/sftp-server" usr/lib/openssh/
install -m 755 "$node" usr/bin/node
cp "$work/unpacked/boot/vmlinuz-$release" boot/vmlinuz
cp "$work/initrd" boot/initrd

disk=$work/disk.raw
truncate -s "${gib}G" "$disk"
printf 'label: dos\nstart=2048, type=83, bootable\n' | sfdisk -q "$disk"
mke2fs -q -t ext4 -b 4096 -L root -N 20000 -m 0 -d . -J size=16 \
  -E root_owner=0:0,offset=1048576,lazy_itable_init=0,lazy_journal_init=0 "$disk" $(((gib * 1024 - 1) * 256))
grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot' -c "$here/grub.cfg" -o "$work/core.img" \
  biosdisk part_msdos ext2 linux serial terminal boot normal
dd if=/usr/lib/grub/i386-pc/boot.img of="$disk" bs=440 count=1 conv=notrunc status=none
dd if="$work/core.img" of="$disk" bs=512 seek=1 conv=notrunc status=none
qemu-img convert -O qcow2 "$disk" "$work/base.qcow2"
mv "$work/base.qcow2" "$out"
echo "$out: $release, $(stat -c %s "$out") bytes, sha256 $(sha256sum "$out" | cut -c1-64), after $SECONDS s"
