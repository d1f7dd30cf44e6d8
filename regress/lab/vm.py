#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A virtual machine with radios, for what namespaces cannot do:

    vm.py [-eu] [-t seconds] [-r radios] [-o folder] command ...

User Mode Linux, where its kernel has been built (regress/lab/kernel), in
virtual time: time passes only when all processes wait, so that processor time
costs nothing and every figure is exact.  Or, with -e or where there is no such
kernel, Debian's own kernel under software emulation, slow and by the wall
clock; with -u never.  Both have mac80211_hwsim.

The machine's own root is below a file system in memory, read-only: the command
finds every program and this tree where they are, and whatever it writes is
gone with it, except below /run/out, which is the folder.  Its output is ours,
its exit status, too; 77 where there can be no machine.  The seconds are those
of the wall clock.
"""

import argparse
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))

from lab import netns                                           # noqa: E402
from lab.daemon import BUILD, ROOT                              # noqa: E402

VM = os.path.join(BUILD, "vm")
KERNEL = os.path.join(VM, "kernel")     # the package, unpacked
META = "linux-image-amd64"
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
MEMORY_MB = 1536
SKIP = 77

# The first process under emulation: mount everything and go there.
INIT_EMULATED = """#!/bin/busybox sh
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
$b mkdir -p /new/lib/modules
$b ln -sfn @KERNEL@/lib/modules/@VERSION@ /new/lib/modules/@VERSION@
$b mount -t tmpfs tmpfs /new/run
$b mkdir /new/run/out
$b mount -t 9p -o $p out /new/run/out
$b cp /command /new/run/command
$b umount /proc
exec $b switch_root /new /bin/sh /run/command
"""

# The same under User Mode Linux, which has the machine's root as its own.
INIT_USER_MODE = """#!/bin/sh
cd @TMP@
mount -t tmpfs tmpfs mnt
mkdir mnt/upper mnt/work mnt/new
mount -t overlay -o lowerdir=/,upperdir=mnt/upper,workdir=mnt/work \\
    overlay mnt/new
mount -t tmpfs tmpfs mnt/new/run
mkdir mnt/new/run/out mnt/new/run/old
mount -t hostfs -o @OUT@ none mnt/new/run/out
cp command mnt/new/run/command
cd mnt/new
pivot_root . run/old
umount -l /run/old
exec /bin/sh /run/command
"""

# The kernel's messages go elsewhere, ours to this serial line.
COMMAND = """mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t debugfs debug /sys/kernel/debug
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm /dev/net /lab /run/netns
mount -t devpts pts /dev/pts
mount -t tmpfs tmpfs /dev/shm
[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
stty -F /dev/@LINE@ raw -echo
exec >/dev/@LINE@ 2>&1 </dev/null
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root TMPDIR=/lab
export @SETTINGS@
sleep 99999 &		# the first process must not end before the machine
cd @ROOT@
ip link set lo up
@RADIOS@ &&
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
    os.makedirs(VM, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=VM) as tmp:
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


def fill(text, **words):
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def write(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def initrd(tmp, version, command):
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
    write(top + "/order", "".join(os.path.basename(p) + "\n"
                                  for p in modules))
    write(top + "/init", fill(INIT_EMULATED, KERNEL=KERNEL, VERSION=version),
          0o755)
    write(top + "/command", command)
    names = subprocess.run(["find", "."], cwd=top, capture_output=True,
                           check=True).stdout
    path = os.path.join(tmp, "initrd.cpio")
    with open(path, "wb") as f:
        subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], cwd=top,
                       input=names, stdout=f, check=True)
    return path


def emulated(tmp, out, command, radios):
    """The arguments of an emulator with Debian's kernel."""
    if os.uname().machine != "x86_64":
        raise NoMachine("the machine's programs are not those of x86_64")
    for program in ("qemu-system-x86_64", "cpio", "depmod"):
        if not shutil.which(program, path="/usr/sbin:/sbin:/usr/bin:/bin"):
            raise NoMachine(f"there is no {program}")
    if not os.path.isdir(KERNEL):
        unpack()
    version = os.listdir(KERNEL + "/lib/modules")[0]
    command = fill(COMMAND, LINE="ttyS1", ROOT=ROOT,
                   SETTINGS="LAB_PATIENCE=4 PROBE_MS=10",
                   RADIOS=f"modprobe mac80211_hwsim radios={radios}",
                   COMMAND=shlex.join(command))
    return [
        "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max",
        "-m", str(MEMORY_MB), "-smp", "2", "-display", "none",
        "-monitor", "none", "-no-reboot", "-nic", "none",
        "-serial", f"file:{out}/console.log", "-serial", "stdio",
        "-kernel", f"{KERNEL}/boot/vmlinuz-{version}",
        "-initrd", initrd(tmp, version, command),
        "-virtfs", "local,path=/,mount_tag=root,security_model=none,"
        "readonly=on,multidevs=remap",
        "-virtfs", f"local,path={out},mount_tag=out,security_model=none",
        "-append", "console=ttyS0 quiet panic=1"]


def user_mode_kernel():
    """Its path, or None."""
    done = subprocess.run([os.path.join(HERE, "kernel"), "-n"], text=True,
                          capture_output=True, stdin=subprocess.DEVNULL)
    return done.stdout.strip() or None


def user_mode(kernel, tmp, out, command, radios):
    """The arguments of User Mode Linux.  It consists of many processes; in a
    namespace of their own none of them outlives the first."""
    os.mkdir(tmp + "/mnt")
    write(tmp + "/command", fill(
        COMMAND, LINE="ttyS0", ROOT=ROOT,
        SETTINGS="PROBE_MS=5 LAB_VIRTUAL=1", RADIOS=":",
        COMMAND=shlex.join(command)))
    write(tmp + "/init", fill(INIT_USER_MODE, TMP=tmp, OUT=out), 0o755)
    memory = tmp + "/memory"
    os.mkdir(memory)
    return [
        "unshare", "--mount", "--pid", "--fork", "--kill-child",
        "--mount-proc", "sh", "-c",
        f'mount -n -t tmpfs tmpfs {memory} && TMPDIR={memory} exec "$@"', "sh",
        kernel, f"mem={MEMORY_MB}M", "root=none",
        "rootfstype=hostfs", "rootflags=/", "ro", f"init={tmp}/init", "quiet",
        f"mac80211_hwsim.radios={radios}", "time-travel=inf-cpu",
        "con=null", "con0=null,fd:2", "ssl=null", "ssl0=null,fd:1",
        f"uml_dir={memory}"]


class Processor:
    """User Mode Linux is a process that traces others, and one of them runs at
    a time: on one processor they change places in half the time.  A socket's
    name keeps other machines of ours away from it, while there are enough."""

    def __init__(self):
        allowed = sorted(os.sched_getaffinity(0))
        self.name = socket.socket(socket.AF_UNIX)
        self.number = allowed[os.getpid() % len(allowed)]
        for number in allowed:
            try:
                self.name.bind(f"\0sroamd-vm-{number}")
            except OSError:
                continue
            self.number = number
            break

    def take(self):
        os.sched_setaffinity(0, {self.number})


class Machine:
    """Ends with us, however we end, and when its time is over."""

    def __init__(self, args, out, seconds, processor=None):
        if os.path.exists(out + "/status"):
            os.unlink(out + "/status")
        self.out, self.console = out, out + "/console.log"
        self.timer = threading.Timer(seconds, self.over)
        self.timer.daemon, self.seconds = True, seconds
        self.late = False

        def child():
            netns.die_with_parent(signal.SIGKILL)
            if processor:
                processor.take()
        with open(self.console, "wb") as console:
            self.child = subprocess.Popen(
                args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=console, start_new_session=True,
                preexec_fn=child)
        self.timer.start()

    def over(self):
        self.late = True
        self.child.kill()

    def relay(self):
        """Copy what it says until it ends; the command's exit status."""
        for line in self.child.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.flush()
        self.child.wait()
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
        self.child.kill()
        self.child.wait()

    def last_words(self):
        try:
            with open(self.console, "rb") as f:
                return f.read()[-2000:].decode(errors="replace").strip()
        except OSError:
            return "nothing on its console"


def main():
    ap = argparse.ArgumentParser(usage="vm.py [-eu] [-t seconds] [-r radios] "
                                 "[-o folder] command ...")
    kinds = ap.add_mutually_exclusive_group()
    kinds.add_argument("-e", dest="kind", action="store_const",
                       const="emulated")
    kinds.add_argument("-u", dest="kind", action="store_const",
                       const="user mode")
    ap.add_argument("-t", dest="seconds", type=int, default=600)
    ap.add_argument("-r", dest="radios", type=int, default=20)
    ap.add_argument("-o", dest="out")
    ap.add_argument("command", nargs=argparse.REMAINDER)
    args = ap.parse_args()

    def leave(sig, _frame):
        sys.exit(128 + sig)
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, leave)
    try:
        if os.geteuid() != 0:
            raise NoMachine("needs root")
        kernel = None if args.kind == "emulated" else user_mode_kernel()
        if args.kind == "user mode" and not kernel:
            raise NoMachine("the laboratory's kernel is not built: make lab")
        os.makedirs(VM, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=VM) as tmp:
            out = os.path.realpath(args.out or os.path.join(tmp, "out"))
            os.makedirs(out, exist_ok=True)
            what = (tmp, out, args.command, args.radios)
            machine = Machine(
                user_mode(kernel, *what) if kernel else emulated(*what),
                out, args.seconds, Processor() if kernel else None)
            try:
                return machine.relay()
            finally:
                machine.close()
    except NoMachine as why:
        print(why, file=sys.stderr)
        return SKIP


if __name__ == "__main__":
    sys.exit(main())
