# Runs in the guest, as root: hello under systemd, a serial console, and nothing left that knows of the build.
cloud-init status --wait >/dev/null || true

install -d /opt/hello
tar -xzf /tmp/hello.tar.gz -C /opt/hello
install -m 755 /tmp/node /opt/hello/node
chown -R root:root /opt/hello
chmod -R go-w /opt/hello
install -m 644 /tmp/hello.service /etc/systemd/system/hello.service
systemctl daemon-reload
systemctl enable --now hello.service
systemctl enable serial-getty@ttyS0.service
# From the kernel's first line on: it is the only screen that a machine has.
install -d /etc/default/grub.d
echo 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX console=tty0 console=ttyS0,115200"' >/etc/default/grub.d/60-serial.cfg
! command -v update-grub >/dev/null || update-grub

tries=0
until curl -fsS "http://127.0.0.1:$HELLO_PORT/version"; do
  tries=$((tries + 1))
  [ $tries -lt 60 ] || { journalctl -u hello.service --no-pager | tail -n 50; exit 1; }
  sleep 1
done

# The next boot is somebody else's first one: another identity, other host keys, no key of ours.
rm -rf /tmp/hello.tar.gz /tmp/hello.service /tmp/node
rm -f /etc/ssh/ssh_host_* /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys
cloud-init clean --logs --seed
truncate -s 0 /etc/machine-id
sync
