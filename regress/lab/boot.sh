#!/bin/sh
# boot.sh TOP UNIT LOWER: in namespaces of its own (unshare -fpmuiC), systemd is
# the first process of the files in LOWER (/: this machine's), beneath those of
# TOP/files, and starts UNIT.  All that is written is in a file system in memory,
# and goes with it.
set -eu
top=$1 unit=$2 lower=$3
root=$top/root/all

mount --make-rprivate /
mkdir "$top/root"
mount -t tmpfs none "$top/root"
mkdir "$top/root/work" "$root"
cp -a "$top/files" "$top/root/upper"
mount -t overlay -o "lowerdir=$lower" -o "upperdir=$top/root/upper" \
    -o "workdir=$top/root/work" none "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
for folder in run tmp dev; do
	mount -t tmpfs -o mode=755 none "$root/$folder"
done
for device in null zero full random urandom tty; do
	: >"$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
: >"$root/dev/console"
mount --bind "$top/console" "$root/dev/console"
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=666 none "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
cd "$root"
mkdir -p mnt
pivot_root . mnt
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . \
    sh -c 'umount -l /mnt; exec "$@"' sh /lib/systemd/systemd --system \
    "--unit=$unit" --log-target=console --log-color=no --show-status=no
