#!/bin/sh
# Run as the first process of namespaces of its own: the disk of this machine with a layer over it that is
# lost with it, and systemd. PLACE: an empty folder; PYTHON, PACKAGES, SOURCE: what the program is made of.
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=0755 tmpfs "$PLACE"
mkdir "$PLACE/upper" "$PLACE/work" "$PLACE/root"
mount -t overlay -o "lowerdir=/,upperdir=$PLACE/upper,workdir=$PLACE/work" overlay "$PLACE/root"
cd "$PLACE/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=0755 tmpfs sys/fs/cgroup
umount sys/fs/cgroup
mount -t cgroup2 none sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs -o mode=0755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
rm -rf opt/disrupt opt/python
mkdir -p opt/python opt/disrupt/bin opt/disrupt/src before
mount --bind "$PYTHON" opt/python
mount --bind "$SOURCE" opt/disrupt/src
lib="opt/disrupt/lib/$(basename "$(dirname "$PACKAGES")")/site-packages"
mkdir -p "$lib"
mount --bind "$PACKAGES" "$lib"
# No service of this machine's own starts.
rm -rf etc/systemd/system etc/systemd/system-generators etc/machine-id
mkdir -p etc/systemd/system etc/systemd/system-generators
ln -s /dev/null etc/systemd/system-generators/postgresql-generator
: > etc/machine-id
printf '[Unit]\nDescription=A machine of a test\nDefaultDependencies=no\nRequires=systemd-journald.socket\n' \
    > etc/systemd/system/machine.target
ip link set lo up 2>/dev/null || true
pivot_root . before
umount -l /before
mount --make-rshared /  # as systemd does itself where it is not in a container: credentials come by it
export container=unshare
exec /usr/lib/systemd/systemd --system --unit=machine.target --show-status=no --log-target=console
