# SPDX-License-Identifier: ISC
"""Namespaces, links and processes of one run, and their end."""

import atexit
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from . import netns

# Everything of a run carries its owner's process id: sr4711-r1.
PREFIX = re.compile(r"^sr(\d+)[a-z]*-")
TMP_PREFIX = "sroam-lab."
# Emulated machines are slow: all waiting takes so many times as long.
PATIENCE = float(os.environ.get("LAB_PATIENCE", "1"))
# Whether time is that of vm.py, which passes only when all processes wait.
VIRTUAL = bool(os.environ.get("LAB_VIRTUAL"))
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LabError(Exception):
    pass


class LabTimeout(LabError):
    pass


class Interrupted(KeyboardInterrupt):
    """A signal: not an Exception, so that nothing on the way keeps it."""


def _list_netns():
    try:
        return sorted(os.listdir("/run/netns"))
    except FileNotFoundError:
        return []


def _alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False
    except PermissionError:
        return True


def _end_namespace(name):
    """Kill what still runs inside and delete it."""
    pids = subprocess.run(["ip", "netns", "pids", name], text=True,
                          capture_output=True).stdout.split()
    for pid in map(int, pids):
        if pid != os.getpid():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    subprocess.run(["ip", "netns", "del", name], capture_output=True)


def cleanup_stale():
    """Remove what runs left behind whose owner was killed outright."""
    for name in _list_netns():
        m = PREFIX.match(name)
        if m and not _alive(int(m.group(1))):
            _end_namespace(name)
    tmp = tempfile.gettempdir()
    for name in os.listdir(tmp):
        if name.startswith(TMP_PREFIX):
            owner = name[len(TMP_PREFIX):].split(".")[0]
            if owner.isdigit() and not _alive(int(owner)):
                shutil.rmtree(os.path.join(tmp, name), ignore_errors=True)


class Process:
    """A process of the lab, in a namespace, with its output in a file, or
    (output) on a descriptor."""

    def __init__(self, lab, name, args, ns=None, private=(), setup=None,
                 env=None, stdin=subprocess.DEVNULL, output=None,
                 die_signal=signal.SIGKILL):
        self.name, self.log = name, os.path.join(lab.dir, name + ".log")
        self.args = args
        if private:     # directories of its own, unseen by the machine
            script = "".join(f"mount -n -t tmpfs tmpfs {d} && "
                             for d in private) + 'exec "$@"'
            setup = script if setup is None else setup
        if setup:       # a shell script that ends with exec "$@"
            args = ["nsenter", f"--net=/run/netns/{lab.ns_name(ns)}",
                    "unshare", "-m", "-u", "sh", "-c", setup, "sh"] + args
        elif ns:
            args = ["ip", "netns", "exec", lab.ns_name(ns)] + args

        def child():
            netns.die_with_parent(die_signal)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])

        with open(self.log, "ab") as out:
            self.popen = subprocess.Popen(
                args, stdin=stdin, stdout=out if output is None else output,
                stderr=subprocess.STDOUT,
                cwd=lab.dir, start_new_session=True, preexec_fn=child,
                env=dict(os.environ, PATH="/usr/sbin:/usr/bin:/sbin:/bin",
                         LC_ALL="C", **(env or {})))
        self.pid = self.popen.pid

    def running(self):
        return self.popen.poll() is None

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def send(self, sig):
        if self.running():
            self.popen.send_signal(sig)

    def stop(self, sig=signal.SIGTERM, timeout=5):
        """End it; the exit status, negative for a signal."""
        self.send(sig)
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            return self.popen.wait()


class Lab:
    def __init__(self, tag=""):
        if os.geteuid() != 0:
            raise LabError("network namespaces need root")
        cleanup_stale()
        self.spaces, self.processes, self.closers = [], [], []
        self.closed, self.last_index = False, 100
        self.prefix = f"sr{os.getpid()}{tag}-"
        self.dir = tempfile.mkdtemp(prefix=f"{TMP_PREFIX}{os.getpid()}.")
        os.chmod(self.dir, 0o755)
        os.mkdir(os.path.join(self.dir, "empty"), 0o755)
        atexit.register(self.close)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    # Signals become exceptions, so that every `with Lab()` unwinds.
    @staticmethod
    def catch_signals():
        def leave(sig, _frame):
            for other in SIGNALS:
                signal.signal(other, signal.SIG_IGN)
            raise Interrupted(sig)
        for sig in SIGNALS:
            signal.signal(sig, leave)

    def close(self):
        """Take everything back; a signal meanwhile waits until it is done."""
        old = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            if not self.closed:
                self.closed = True
                atexit.unregister(self.close)
                self._take_back()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, old)

    def _take_back(self):
        for fn in reversed(self.closers):
            try:
                fn()
            except OSError:
                pass
        for proc in reversed(self.processes):
            proc.send(signal.SIGTERM)
        for proc in reversed(self.processes):
            proc.stop(timeout=2)
        for name in reversed(self.spaces):
            _end_namespace(name)
        shutil.rmtree(self.dir, ignore_errors=True)

    def keep_logs(self, where):
        """Copy the logs of a failed run to a directory of the tree."""
        shutil.rmtree(where, ignore_errors=True)
        os.makedirs(where)
        for root, _dirs, files in os.walk(self.dir):
            for name in files:
                if name.endswith((".log", ".conf")):
                    shutil.copy(os.path.join(root, name), where)

    # Namespaces and links

    def ns_name(self, ns):
        return self.prefix + ns

    def add_ns(self, *names):
        full = [self.ns_name(ns) for ns in names]
        self.spaces += full
        self.run("ip", "-b", "-", input="".join(f"netns add {name}\n"
                                                for name in full))
        for name in full:
            switch = netns.LinkSwitch(name)
            switch.apply(netns.LinkSwitch.up("lo", True))
            switch.close()

    def ip(self, ns, *args):
        return self.run("ip", "-n", self.ns_name(ns), *args)

    def ip_json(self, ns, *args):
        return json.loads(self.run("ip", "-j", "-d", "-n", self.ns_name(ns),
                                   *args) or "[]")

    def batch(self, ns, text):
        """Many `ip` commands of one namespace, one a line."""
        self.run("ip", "-n", self.ns_name(ns), "-b", "-", input=text)

    def veth(self, ns1, if1, ns2, if2, mac1=None, mac2=None):
        self.veths([(ns1, if1, ns2, if2, mac1, mac2)])

    def veths(self, links):
        """Many at once, each as the arguments of veth().

        Interface numbers are unique in the lab: where both ends of a veth
        have the same one, the kernel takes its carrier changes for unimportant
        and reports them up to a second late."""
        lines = []
        for ns1, if1, ns2, if2, mac1, mac2 in links:
            self.last_index += 2
            end1 = f"index {self.last_index} netns {self.ns_name(ns1)}"
            end2 = f"index {self.last_index + 1} netns {self.ns_name(ns2)}"
            end1 += f" address {mac1}" if mac1 else ""
            end2 += f" address {mac2}" if mac2 else ""
            lines.append(f"link add {if1} {end1} type veth peer {if2} {end2}\n")
        self.run("ip", "-b", "-", input="".join(lines))

    def sysctl(self, ns, **values):
        netns.sysctl(self.ns_name(ns), **values)

    def deaf(self, ns, ifname, on=True):
        """All packets of an interface vanish without a word, or no more."""
        rules = """table inet deaf {
            chain in {
                type filter hook prerouting priority -300
                iif "%s" drop
            }
            chain out {
                type filter hook postrouting priority 300
                oif "%s" drop
            }
        }
        """ % (ifname, ifname) if on else ""
        self.run("nft", "-f", "-", ns=ns,
                 input="table inet deaf\ndelete table inet deaf\n" + rules)

    # Commands and processes

    def inside(self, ns):
        """A block of this thread in that namespace, and what it starts.  `ip
        netns exec` would be a process more, and mount /sys."""
        return netns.inside(self.ns_name(ns)) if ns else \
            contextlib.nullcontext()

    def run(self, *args, ns=None, input=None, check=True, timeout=30):
        with self.inside(ns):
            done = subprocess.run(args, input=input, text=True,
                                  timeout=timeout, capture_output=True,
                                  **({} if input is not None
                                     else {"stdin": subprocess.DEVNULL}))
        if check and done.returncode != 0:
            raise LabError(f"{' '.join(args)}: exit {done.returncode}: "
                           f"{(done.stderr or done.stdout).strip()}")
        return done.stdout

    def spawn(self, name, args, **kw):
        proc = Process(self, name, args, **kw)
        self.processes.append(proc)
        return proc

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, text, mode=0o644):
        """In one step: a script that is running cannot be written to."""
        path = self.path(name)
        with open(path + ".new", "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path + ".new", mode)
        os.replace(path + ".new", path)
        return path

    @staticmethod
    def wait(cond, what, timeout=10.0, every=0.01):
        """Until cond() is true; what it gave.  It is asked the less often the
        longer it takes, for where time is virtual all that a wait costs is
        the asking."""
        begin = time.monotonic()
        end = begin + timeout * PATIENCE
        while True:
            value = cond()
            if value:
                return value
            now = time.monotonic()
            if now > end:
                raise LabTimeout(f"{what}: not within {timeout * PATIENCE:g} s")
            time.sleep(min(max(every, (now - begin) / 10), end - now + 0.01))

    def ping(self, ns, dst, timeout=10.0):
        """Wait until dst answers."""
        def answers():
            with self.inside(ns):
                return subprocess.run(
                    ["ping", "-n", "-c1", "-W1", dst], capture_output=True,
                    stdin=subprocess.DEVNULL).returncode == 0
        self.wait(answers, f"{ns}: ping {dst}", timeout, 0.05)
