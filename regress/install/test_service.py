# SPDX-License-Identifier: ISC
"""What make install installs, under systemd as in etc/sroamd.service: with
namespaces of its own, as the first process there."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import pytest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, os.path.join(ROOT, "regress"))

from lab.machine import SYSTEMD, Machine, wait                  # noqa: E402

CONF = """\
prefix 192.168.44.0/24
router address 10.1.1.1
listen on 10.1.1.1 no tls
interface roam0 {
	address { 192.168.44.1, fe80::44 }
}
"""

@pytest.fixture(scope="module", name="machine")
def a_machine():
    if os.geteuid() != 0:
        pytest.skip("needs root")
    if not os.path.exists(SYSTEMD):
        pytest.skip("there is no systemd")
    top = tempfile.mkdtemp(prefix="sroamd-service.")
    machine = Machine(top)
    try:
        subprocess.run(["make", "-s", "install", "DESTDIR=" + machine.files],
                       cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        machine.write("etc/sroamd.conf", CONF, 0o600)
        if not machine.start():
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
