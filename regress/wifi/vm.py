#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A virtual machine with radios, for what namespaces cannot do:

    vm.py [-t seconds] [-r radios] [-o folder] command ...

Debian's kernel with mac80211_hwsim, under software emulation, so that it runs
wherever the rest does.  The machine's own root is below a file system in
memory, read-only: the command finds every program and this tree where they
are, and whatever it writes is gone with it, except below /run/out, which is
the folder.  Its output is ours, its exit status, too; 77 where there can be no
machine.
"""

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                ".."))

from lab import netns                                           # noqa: E402
from lab.daemon import BUILD, ROOT                              # noqa: E402

WIFI = os.path.join(BUILD, "wifi")
KERNEL = os.path.join(WIFI, "kernel")   # the package, unpacked
META = "linux-image-amd64"
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
MEMORY_MB = 1536
SKIP = 77

# The first process: mount everything and go there.
INIT = """#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
while read m; do $b insmod /lib/modules/$m; done </order
p=trans=virtio,version=9p2000.L,msize=512000
$b mount -t 9p -o $p,ro,cache=loose root /ro
$b mount -t tmpfs tmpfs /rw
$b mkdir /rw/upper /rw/work
$b mount -t overlay -o lowerdir=/ro,upperdir=/rw/upper,workdir=/rw/work \\
    overlay /new
$b mount -t proc proc /new/proc
$b mount -t sysfs sys /new/sys
$b mount -t debugfs debug /new/sys/kernel/debug
$b mount -t devtmpfs dev /new/dev
$b mkdir -p /new/dev/pts /new/dev/shm /new/lib/modules
$b mount -t devpts pts /new/dev/pts
$b mount -t tmpfs tmpfs /new/dev/shm
$b mount -t tmpfs tmpfs /new/run
$b mkdir /new/run/tmp /new/run/out
$b mount -t 9p -o $p out /new/run/out
$b ln -sfn @KERNEL@/lib/modules/@VERSION@ /new/lib/modules/@VERSION@
$b cp /command /new/run/command
$b umount /proc
exec $b switch_root /new /bin/sh /run/command
"""

# The kernel's messages go to the first serial line, ours to the second.
COMMAND = """stty -F /dev/ttyS1 raw -echo
exec >/dev/ttyS1 2>&1 </dev/null
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C TMPDIR=/run/tmp
export LAB_PATIENCE=4 PROBE_MS=10
sleep 99999 &		# the first process must not end before the machine
cd @ROOT@
modprobe mac80211_hwsim radios=@RADIOS@ &&
@COMMAND@
echo $? >/run/out/status
sync
echo o >/proc/sysrq-trigger
wait
"""


class NoMachine(Exception):
    """Why it cannot run here."""


def output(*args, cwd=None):
    done = subprocess.run(args, cwd=cwd, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise NoMachine(f"{' '.join(args)}: {done.stderr.strip()}")
    return done.stdout


def package():
    """The kernel that Debian's meta package stands for today."""
    for attempt in (1, 2):
        for line in output("apt-cache", "depends", META).splitlines():
            if "Depends: linux-image" in line:
                return line.split()[-1]
        if attempt == 1:
            output("apt-get", "-q", "update")
    raise NoMachine(f"{META}: no such package")


def unpack():
    """Take the kernel out of its package; it is not installed."""
    os.makedirs(WIFI, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WIFI) as tmp:
        # apt warns that its own user cannot write here.
        output("apt-get", "-q", "download", package(), cwd=tmp)
        deb = [n for n in os.listdir(tmp) if n.endswith(".deb")][0]
        output("dpkg", "-x", deb, "kernel", cwd=tmp)
        modules = os.path.join(tmp, "kernel/lib/modules")
        output("depmod", "-b", os.path.join(tmp, "kernel"),
               *os.listdir(modules))
        os.rename(os.path.join(tmp, "kernel"), KERNEL)


def first_modules(version):
    """What the root needs, in order of loading."""
    paths = []
    for module in MODULES:
        out = output("modprobe", "-d", KERNEL, "-S", version,
                     "--show-depends", module)
        paths += [line.split()[1] for line in out.splitlines()
                  if line.startswith("insmod")]
    return list(dict.fromkeys(paths))


def libraries(program):
    """The shared objects of a program, its loader among them."""
    done = subprocess.run(["ldd", program], text=True, capture_output=True)
    return [word for line in done.stdout.splitlines()
            for word in line.split() if word.startswith("/")]


def initrd(tmp, version, command, radios):
    """Busybox, its libraries, the modules, what is to be done."""
    busybox = shutil.which("busybox")
    if not busybox:
        raise NoMachine("there is no busybox")
    top = os.path.join(tmp, "initrd")
    for folder in ("bin", "lib/modules", "proc", "sys", "dev", "ro", "rw",
                   "new"):
        os.makedirs(os.path.join(top, folder))
    shutil.copy(busybox, top + "/bin/busybox")
    for path in libraries(busybox):
        os.makedirs(top + os.path.dirname(path), exist_ok=True)
        shutil.copy(path, top + path)
    modules = first_modules(version)
    for path in modules:
        shutil.copy(path, top + "/lib/modules")
    words = {"KERNEL": KERNEL, "VERSION": version, "ROOT": ROOT,
             "RADIOS": str(radios), "COMMAND": shlex.join(command)}
    for name, text in (("order", "".join(
            os.path.basename(p) + "\n" for p in modules)),
            ("init", INIT), ("command", COMMAND)):
        for word, value in words.items():
            text = text.replace(f"@{word}@", value)
        with open(f"{top}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
    os.chmod(top + "/init", 0o755)
    names = subprocess.run(["find", "."], cwd=top, capture_output=True,
                           check=True).stdout
    path = os.path.join(tmp, "initrd.cpio")
    with open(path, "wb") as f:
        subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], cwd=top,
                       input=names, stdout=f, check=True)
    return path


class Machine:
    """Ends with us, however we end, and when its time is over."""

    def __init__(self, tmp, out, command, radios, seconds):
        if os.uname().machine != "x86_64":
            raise NoMachine("the machine's programs are not those of x86_64")
        if os.geteuid() != 0:
            raise NoMachine("needs root")
        for program in ("qemu-system-x86_64", "cpio", "depmod"):
            if not shutil.which(program, path="/usr/sbin:/sbin:/usr/bin:/bin"):
                raise NoMachine(f"there is no {program}")
        if not os.path.isdir(KERNEL):
            unpack()
        version = os.listdir(KERNEL + "/lib/modules")[0]
        if os.path.exists(out + "/status"):
            os.unlink(out + "/status")
        self.out, self.console = out, out + "/console.log"
        self.timer = threading.Timer(seconds, self.over)
        self.timer.daemon, self.seconds = True, seconds
        self.late = False
        self.qemu = subprocess.Popen([
            "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max",
            "-m", str(MEMORY_MB), "-smp", "2", "-display", "none",
            "-monitor", "none", "-no-reboot", "-nic", "none",
            "-serial", "file:" + self.console, "-serial", "stdio",
            "-kernel", f"{KERNEL}/boot/vmlinuz-{version}",
            "-initrd", initrd(tmp, version, command, radios),
            "-virtfs", "local,path=/,mount_tag=root,security_model=none,"
            "readonly=on,multidevs=remap",
            "-virtfs", f"local,path={out},mount_tag=out,security_model=none",
            "-append", "console=ttyS0 quiet panic=1"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=lambda: netns.die_with_parent(signal.SIGKILL))
        self.timer.start()

    def over(self):
        self.late = True
        self.qemu.kill()

    def relay(self):
        """Copy what it says until it ends; the command's exit status."""
        for line in self.qemu.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.flush()
        self.qemu.wait()
        try:
            with open(self.out + "/status", encoding="ascii") as f:
                return int(f.read())
        except (OSError, ValueError):
            print("vm: " + (f"ended after {self.seconds} s" if self.late
                            else "ended by itself: " + self.last_words()),
                  flush=True)
            return 1

    def close(self):
        self.timer.cancel()
        self.qemu.kill()
        self.qemu.wait()

    def last_words(self):
        try:
            with open(self.console, "rb") as f:
                return f.read()[-2000:].decode(errors="replace").strip()
        except OSError:
            return "nothing on its console"


def main():
    ap = argparse.ArgumentParser(usage="vm.py [-t seconds] [-r radios] "
                                 "[-o folder] command ...")
    ap.add_argument("-t", dest="seconds", type=int, default=600)
    ap.add_argument("-r", dest="radios", type=int, default=12)
    ap.add_argument("-o", dest="out")
    ap.add_argument("command", nargs=argparse.REMAINDER)
    args = ap.parse_args()

    def leave(sig, _frame):
        sys.exit(128 + sig)
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, leave)
    try:
        os.makedirs(WIFI, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=WIFI) as tmp:
            out = os.path.realpath(args.out or os.path.join(tmp, "out"))
            os.makedirs(out, exist_ok=True)
            machine = Machine(tmp, out, args.command, args.radios,
                              args.seconds)
            try:
                return machine.relay()
            finally:
                machine.close()
    except NoMachine as why:
        print(why, file=sys.stderr)
        return SKIP


if __name__ == "__main__":
    sys.exit(main())
