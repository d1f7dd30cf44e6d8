# SPDX-License-Identifier: ISC
"""A machine with systemd, in namespaces: this one's files, or those of another
root folder, with the daemon's unit among them."""

import os
import subprocess
import time

HERE = os.path.dirname(os.path.realpath(__file__))
SYSTEMD = "/lib/systemd/systemd"
PATIENCE = 60       # s, for anything

# A network, and the daemon; nothing else of this machine's units.
TARGET = """\
[Unit]
Requires=basic.target
After=basic.target
"""
LOG = "/var/log/sroamd.log"
DROP_IN = f"[Service]\nStandardOutput=append:{LOG}\nStandardError=inherit\n"
MASKED = ["systemd-udevd.service", "systemd-udev-trigger.service",
          "systemd-networkd.service", "systemd-resolved.service",
          "systemd-timesyncd.service", "dev-hugepages.mount",
          "dev-mqueue.mount", "sys-kernel-debug.mount", "getty.target"]


def wait(cond, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = cond()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError("in vain: " + what)


class Machine:
    """Not on before start(): what is written before is there at the start."""
    masked, target = MASKED, "test.target"

    def __init__(self, top, lower="/"):
        self.top, self.files = top, os.path.join(top, "files")
        self.lower, self.boot = lower, None
        self.console = os.path.join(top, "console")
        self.write("etc/fstab", "")
        self.write("etc/systemd/system/test.target", TARGET)
        for unit in "sroamd", "sroamd-routes":
            self.write(f"etc/systemd/system/{unit}.service.d/log.conf", DROP_IN)
        for unit in self.masked:
            os.symlink("/dev/null", self.path("etc/systemd/system/" + unit))
        open(self.console, "wb").close()
        os.makedirs(self.path("var/lib"), exist_ok=True)

    def start(self, netns=None, plug=None):
        """In the network namespace of that name, or one of its own, to which
        plug() adds."""
        enter, flags = [], "-fpmnuiC"
        if netns:
            enter, flags = ["nsenter", "--net=/run/netns/" + netns], "-fpmuiC"
        self.boot = subprocess.Popen(
            [*enter, "unshare", flags, "--kill-child",
             os.path.join(HERE, "boot.sh"), self.top, self.target,
             self.lower], stdin=subprocess.DEVNULL,
            stdout=open(self.console, "ab"), stderr=subprocess.STDOUT)
        if plug:
            wait(lambda: self.boot.poll() is not None or self.first(), "it")
            plug()
        wait(lambda: self.boot.poll() is not None or self.up(),
             "systemd runs")
        return self.boot.poll() is None

    def path(self, name):
        return os.path.join(self.files, name)

    def write(self, name, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(text)
        os.chmod(self.path(name), mode)

    def journal(self):
        return self.run("cat", LOG, check=False) + self.run(
            "systemctl", "status", "sroamd", check=False)

    def said(self):
        with open(self.console, encoding="utf-8", errors="replace") as f:
            return f.read()

    def first(self):
        """systemd's process id, as we see it; None: not yet."""
        with open(f"/proc/{self.boot.pid}/task/{self.boot.pid}/children",
                  encoding="ascii") as f:
            pids = f.read().split()
        return pids[0] if pids else None

    def run(self, *args, check=True):
        done = subprocess.run(
            ["nsenter", "-t", self.first(), "-m", "-p", "-n", "-u", "-i", "-C",
             "-r", "-w", *args],
            text=True, capture_output=True, timeout=PATIENCE)
        if check and done.returncode != 0:
            raise AssertionError(f"{args}: {done.stdout}{done.stderr}"
                                 f"{self.journal()}")
        return done.stdout.strip()

    def net(self, *args):
        """A program of ours in its network, whatever the machine has."""
        return subprocess.run(["nsenter", "-t", self.first(), "-n", *args],
                              text=True, capture_output=True, check=True,
                              timeout=PATIENCE).stdout

    def show(self, what, unit="sroamd.service"):
        return self.run("systemctl", "show", "-P", what, unit)

    def up(self):
        return self.first() is not None and self.run(
            "systemctl", "is-active", self.target, check=False) == "active"

    def children(self):
        """Process ids by role, as the machine's systemd sees them."""
        out = self.run("pgrep", "-l", "-P", self.show("MainPID"))
        return {line.split("-")[1]: line.split()[0]
                for line in out.splitlines()}

    def off(self):
        if self.boot:
            self.boot.kill()
            self.boot.wait()
