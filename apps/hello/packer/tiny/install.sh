# Runs in the guest, as root: hello as a service under a user of its own, then every trace of the build is removed.
mkdir -p /srv/hello
tar -xzf /tmp/hello.tar.gz -C /srv/hello
chmod -R go-w /srv/hello
echo 'hello:x:100:100:hello:/srv/hello:/bin/false' >>/etc/passwd
echo 'hello:x:100:' >>/etc/group

cat >/srv/hello/run <<'END'
#!/bin/sh
# In the place of this shell: the process id stays, and /etc/rc.stop waits for it.
[ ! -f /run/service.env ] || while IFS= read -r line; do export "$line"; done </run/service.env
echo $$ >/run/hello.pid
exec su -s /bin/sh -c 'cd /srv/hello && exec node main.mjs' hello
END
chmod 755 /srv/hello/run
echo '::respawn:/srv/hello/run' >>/etc/inittab
# In this life only: nobody is served, so there is nobody to wait for.
echo 'LAME_DUCK_MS=0' >>/run/service.env
kill -HUP 1

tries=0
until wget -q -O /dev/null "http://127.0.0.1:$HELLO_PORT/version"; do
  tries=$((tries + 1))
  [ $tries -lt 60 ] || exit 1
  sleep 1
done
wget -q -O - "http://127.0.0.1:$HELLO_PORT/version"

# The next boot is somebody else's first one, and must not trust the key of this build.
rm -rf /root/.ssh/authorized_keys /etc/dropbear/* /etc/instance-id /tmp/hello.tar.gz
sync
