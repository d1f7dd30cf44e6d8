# SPDX-License-Identifier: ISC
"""What make install installs, under systemd as in etc/sroamd.service: with
namespaces of its own, as the first process there."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, "../.."))
SYSTEMD = "/lib/systemd/systemd"
PATIENCE = 60       # s, for anything

CONF = """\
prefix 192.168.44.0/24
router address 10.1.1.1
listen on 10.1.1.1 no tls
interface roam0 {
	address { 192.168.44.1, fe80::44 }
}
"""

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
    def __init__(self, top):
        self.top, self.files = top, os.path.join(top, "files")
        self.console = os.path.join(top, "console")
        subprocess.run(["make", "-s", "install", "DESTDIR=" + self.files],
                       cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        self.write("etc/sroamd.conf", CONF, 0o600)
        self.write("etc/fstab", "")
        self.write("etc/systemd/system/test.target", TARGET)
        for unit in "sroamd", "sroamd-routes":
            self.write(f"etc/systemd/system/{unit}.service.d/log.conf", DROP_IN)
        for unit in MASKED:
            os.symlink("/dev/null", self.path("etc/systemd/system/" + unit))
        open(self.console, "wb").close()
        os.makedirs(self.path("var/lib"), exist_ok=True)
        self.boot = subprocess.Popen(
            ["unshare", "-fpmnuiC", "--kill-child",
             os.path.join(HERE, "boot.sh"), top, "test.target"],
            stdin=subprocess.DEVNULL, stdout=open(self.console, "ab"),
            stderr=subprocess.STDOUT)

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

    def show(self, what, unit="sroamd.service"):
        return self.run("systemctl", "show", "-P", what, unit)

    def up(self):
        return self.first() is not None and self.run(
            "systemctl", "is-active", "test.target", check=False) == "active"

    def children(self):
        """Process ids by role, as the machine's systemd sees them."""
        out = self.run("pgrep", "-l", "-P", self.show("MainPID"))
        return {line.split("-")[1]: line.split()[0]
                for line in out.splitlines()}

    def off(self):
        self.boot.kill()
        self.boot.wait()


@pytest.fixture(scope="module", name="machine")
def a_machine():
    if os.geteuid() != 0:
        pytest.skip("needs root")
    if not os.path.exists(SYSTEMD):
        pytest.skip("there is no systemd")
    top = tempfile.mkdtemp(prefix="sroamd-service.")
    machine = Machine(top)
    try:
        wait(lambda: machine.boot.poll() is not None or machine.up(),
             "systemd runs")
        if machine.boot.poll() is not None:
            pytest.skip("systemd cannot run here: " + machine.said()[-300:])
        machine.run("sh", "-c", "ip link set lo up; "
                    "ip addr add 10.1.1.1/32 dev lo; "
                    "ip link add roam0 type bridge; ip link set roam0 up")
        machine.run("systemctl", "start", "sroamd")
        yield machine
    finally:
        machine.off()
        shutil.rmtree(top)


def test_it_is_started_when_it_serves(machine):
    assert machine.show("ActiveState") == "active"
    assert machine.show("StatusText") == "serving"
    assert machine.run("sroamctl", "show", "status")
    assert "192.168.44.1" in machine.run("ip", "addr", "show", "roam0")
    assert sorted(machine.children()) == ["engine", "frontend", "signer"]


def test_its_state_is_kept_and_closed_to_others(machine):
    out = machine.run("stat", "-c", "%a %U %n", "/var/lib/sroamd",
                      "/var/lib/sroamd/engine", "/var/lib/sroamd/identity")
    assert out.splitlines() == [
        "700 root /var/lib/sroamd",
        "700 _sroamd_engine /var/lib/sroamd/engine",
        "600 root /var/lib/sroamd/identity"]
    wait(lambda: machine.run("ls", "/var/lib/sroamd/engine"), "a table")


def test_a_reload_is_waited_for_and_its_result_is_shown(machine):
    machine.run("systemctl", "reload", "sroamd")
    wait(lambda: machine.show("StatusText") ==
         "serving, configuration reloaded", "the result")
    machine.run("sh", "-c", "echo nonsense >>/etc/sroamd.conf")
    machine.run("systemctl", "reload", "sroamd")
    wait(lambda: machine.show("StatusText").startswith(
        "serving, reload refused: "), "the refusal")
    machine.run("sed", "-i", "$d", "/etc/sroamd.conf")
    assert machine.show("ActiveState") == "active"


@pytest.mark.parametrize("role", ["engine", "frontend", "signer"])
def test_one_that_hangs_is_started_again(machine, role):
    parent, times = machine.show("MainPID"), int(machine.show("NRestarts"))
    machine.run("kill", "-STOP", machine.children()[role])
    wait(lambda: int(machine.show("NRestarts")) > times and
         machine.show("ActiveState") == "active", "it is started again")
    assert machine.show("MainPID") != parent
    assert "192.168.44.1" in machine.run("ip", "addr", "show", "roam0")


def test_a_parent_that_hangs_is_started_again(machine):
    parent, times = machine.show("MainPID"), int(machine.show("NRestarts"))
    machine.run("kill", "-STOP", parent)
    wait(lambda: int(machine.show("NRestarts")) > times and
         machine.show("ActiveState") == "active", "it is started again")


# Who may speak there is root of all the machine.
DOORS = ["/run/systemd/private", "/run/dbus/system_bus_socket"]
CONNECT = "import socket, sys; " \
    "socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


def test_there_is_no_way_to_systemd_itself(machine):
    """With the daemon's view of the files, whatever the capabilities."""
    there = machine.run("sh", "-c", "ls " + " ".join(DOORS), check=False)
    assert DOORS[0] in there
    for door in there.split():
        machine.run("python3", "-c", CONNECT, door)
        with pytest.raises(AssertionError, match="refused|No such file|denied"):
            machine.run("nsenter", "-t", machine.show("MainPID"), "-m",
                        "python3", "-c", CONNECT, door)


def test_what_it_may_do_is_taken_away(machine):
    """As the kernel says: capabilities and filters of each process."""
    with_caps = (1 << 10) | (1 << 12) | (1 << 13)   # NET_*: BIND, ADMIN, RAW
    pids = dict(machine.children(), parent=machine.show("MainPID"))
    for role, pid in pids.items():
        status = dict(line.split(":\t", 1) for line in machine.run(
            "cat", f"/proc/{pid}/status").splitlines() if ":\t" in line)
        assert int(status["CapEff"], 16) == (
            with_caps if role == "parent" else 0), role
        assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", role


def test_the_journal_tells_who_had_an_address(machine):
    """As sroamd(8) has it: an address, a time, one line."""
    mac = "02:00:00:00:00:07"
    program = "#!/bin/sh\ngrep --line-buffered lease >/run/told\n"
    machine.run("sh", "-c", "mkdir -p /etc/sroamd && cat >/etc/sroamd/tell "
                f"<<'E'\n{program}E\nchmod 755 /etc/sroamd/tell")
    machine.run("systemctl", "start", "sroamd-audit", "sroamd-events@tell")
    machine.run("sh", "-c", "ip link add p1 type veth peer name sta address "
                f"{mac} && ip link set p1 master roam0 up && "
                "ip link set sta up")
    out = machine.run("sh", "-c", "busybox udhcpc -i sta -n -q -f -t 20 -T 1 "
                      "-s /bin/true 2>&1")
    addr = re.search(r"lease of (\S+) obtained", out)[1]

    def who(until):
        return machine.run(
            "journalctl", "-t", "sroam-audit", "-o", "cat", "-r", "-n", "1",
            "--until", until, "-g", f'"(lease|present)".*"{addr}/32"',
            check=False)
    wait(lambda: mac in who("now"), "the lease in the journal")
    event = json.loads(who("now"))
    assert event["addresses"] == [addr + "/32"] and event["mac"] == mac
    assert mac not in who("1 hour ago")
    wait(lambda: addr in machine.run("cat", "/run/told"), "the program's")
    # A restart of the daemon ends neither.
    machine.run("systemctl", "restart", "sroamd")
    wait(lambda: machine.run(
        "journalctl", "-t", "sroam-audit", "-o", "cat").count('"live"') > 1,
        "it listens again")
    machine.run("systemctl", "stop", "sroamd-audit", "sroamd-events@tell")
    machine.run("ip", "link", "del", "p1")


def test_a_stop_takes_its_routes_back(machine):
    machine.run("systemctl", "stop", "sroamd")
    wait(lambda: "192.168.44.1" not in machine.run("ip", "addr", "show",
                                                   "roam0"), "the address")
    assert machine.show("Result", "sroamd-routes.service") == "success"
    assert machine.show("Result") == "success"
    assert "not permitted" not in machine.journal()
