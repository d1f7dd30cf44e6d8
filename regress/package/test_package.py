# SPDX-License-Identifier: ISC
"""The Debian package, built by nobody and without a network, in a root folder
that has what it depends on, and under systemd there: it is installed, started,
upgraded under traffic, removed and purged."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time

import pytest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, os.path.join(ROOT, "regress"))

from lab import Lab, Network                                    # noqa: E402
from lab.daemon import BUILD                                    # noqa: E402
from lab.machine import LOG, Machine, wait                      # noqa: E402
from lab.topology import SERVER4, SERVER6                       # noqa: E402
from lab.traffic import Traffic                                 # noqa: E402

OLD, NEW = "2.0.0~before", "2.0.0~now"      # in dpkg's order
STATIONS = 10


def script(name, *args):
    done = subprocess.run([os.path.join(ROOT, "regress", name), *args],
                          cwd=ROOT, text=True, capture_output=True)
    if done.returncode == 77:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return done.stdout.strip()


def build(tree, version):
    return script("package/build", tree, os.path.join(BUILD, "package"),
                  version)


@pytest.fixture(scope="module", name="new")
def of_this_tree():
    return build(ROOT, NEW)


@pytest.fixture(scope="module", name="old")
def of_the_former():
    return build(script("lab/former"), OLD)


@pytest.fixture(name="off")
def machine_that_is_off(new, old):
    """With both packages in /root."""
    with tempfile.TemporaryDirectory(prefix="sroamd-package.") as top:
        machine = Machine(top, script("package/root", new))
        os.makedirs(machine.path("root"), mode=0o700)
        for name, path in ("new.deb", new), ("old.deb", old):
            subprocess.run(["cp", path, machine.path("root/" + name)],
                           check=True)
        try:
            yield machine
        finally:
            machine.off()


def start(machine, netns=None):
    if not machine.start(netns):
        pytest.skip("systemd cannot run here: " + machine.said()[-300:])
    return machine


@pytest.fixture(name="machine")
def one_that_is_on(off):
    return start(off)


CONF = """\
prefix 192.168.44.0/24
router address 10.1.1.1
listen on 10.1.1.1 no tls
interface roam0 {
	address { 192.168.44.1, fe80::44 }
}
"""


def configure(machine, text=CONF):
    machine.run("sh", "-c", 'umask 077; printf %s "$1" >/etc/sroamd.conf',
                "sh", text)


def links(machine):
    machine.net("sh", "-ec", "ip link set lo up; ip addr add 10.1.1.1/32 "
                "dev lo; ip link add roam0 type bridge; ip link set roam0 up")


def dpkg(machine, *args):
    """What it says."""
    return machine.run("sh", "-c", 'DEBIAN_FRONTEND=noninteractive dpkg "$@" '
                       "2>&1", "sh", *args)


def set_in_kernel(machine):
    out = machine.net("sh", "-ec", """
        for family in -4 -6; do
                ip -N $family rule; ip -N $family route show table all
        done; ip -N nexthop; ip addr show""")
    return [line for line in out.splitlines() if re.search(
        r"proto 4[45]\b|192\.168\.44\.1/|fe80::44/", line)]


# Not of any package: dpkg's own lists, logs, users (which stay, as Debian has
# it), and what the machine's own systemd writes.
NOISE = r"/(proc|sys|dev|tmp|run/systemd|run/udev|var/log|var/lib/dpkg|" \
    r"var/cache|var/lib/systemd/(catalog|random-seed|timers|timesync)|" \
    r"etc/(passwd|group|shadow|gshadow|\.pwd\.lock)|etc/machine-id)\b"


def everything(machine):
    """Each file: its mode, owner, size and time, or where it leads."""
    out = machine.run("sh", "-c", r"""
        find / /run -xdev ! -type f -printf '%p %y %m %U:%G %l\n'
        find / /run -xdev -type f -printf '%p %m %U:%G %s %T@\n'""")
    return {line.split()[0]: line for line in out.splitlines()
            if not re.match(NOISE, line)}


def differs(before, after):
    return sorted(name for name in set(before) | set(after)
                  if before.get(name) != after.get(name))


def test_lintian_finds_neither_error_nor_warning(new):
    changes = [os.path.join(os.path.dirname(new), name)
               for name in os.listdir(os.path.dirname(new))
               if name.endswith(".changes")]
    assert len(changes) == 1
    done = subprocess.run(["lintian", "--fail-on", "error,warning",
                           "--tag-display-limit", "0",
                           *changes], text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_programs_are_hardened(new, tmp_path):
    subprocess.run(["dpkg-deb", "-x", new, tmp_path], check=True)
    programs = [os.path.join(folder, name) for folder, _d, names in
                os.walk(tmp_path) for name in names
                if re.search(r"/(sbin|libexec/sroamd)$", folder)]
    assert len(programs) == 7
    done = subprocess.run([os.path.join(ROOT, "regress/hardening"),
                           *programs], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout


def test_its_own_test_passes(new, tmp_path):
    """debian/tests, with the package's files over this machine's."""
    subprocess.run(["dpkg-deb", "-x", new, tmp_path], check=True)
    done = subprocess.run(
        ["unshare", "-m", "--propagation", "private", "sh", "-ec",
         'mount -t overlay -o "lowerdir=$1/usr:/usr" none /usr; '
         "exec debian/tests/roam", "sh", tmp_path], cwd=ROOT, text=True,
        capture_output=True, env=dict(os.environ, AUTOPKGTEST_TMP=str(
            tmp_path)))
    assert done.returncode == 0 and "1 passed" in done.stdout, \
        done.stdout + done.stderr


def test_it_is_installed_removed_and_purged(machine):
    links(machine)
    before = everything(machine)
    forwarding = machine.run("cat", "/proc/sys/net/ipv4/ip_forward")
    dpkg(machine, "-i", "/root/new.deb")
    # It serves nobody before it is asked to.
    assert machine.show("ActiveState") == "inactive"
    assert machine.show("UnitFileState") == "disabled"
    assert machine.run("cat", "/proc/sys/net/ipv4/ip_forward") == forwarding
    assert not set_in_kernel(machine)
    configure(machine)
    machine.run("sroamd", "-n")
    machine.run("systemctl", "enable", "--now", "sroamd")
    assert machine.show("StatusText") == "serving"
    assert machine.run("sroamctl", "show", "status")
    assert set_in_kernel(machine)
    users = machine.run("cat", "/etc/passwd").count("\n_sroamd")
    owner = machine.run("stat", "-c", "%U", "/var/lib/sroamd/engine")
    assert users == 5 and owner == "_sroamd_engine"
    identity = machine.run("sroamd", "-I")

    dpkg(machine, "-r", "sroamd")
    assert machine.run("systemctl", "--failed", "--no-legend") == ""
    assert not set_in_kernel(machine)
    dpkg(machine, "-i", "/root/new.deb")
    machine.run("systemctl", "enable", "--now", "sroamd")
    assert machine.run("sroamd", "-I") == identity

    dpkg(machine, "-P", "sroamd")
    assert not set_in_kernel(machine)
    left = differs(before, everything(machine))
    assert left == ["/etc/sroamd.conf"], machine.run("ls", "-la", *left,
                                                     check=False)


def test_a_version_that_refuses_the_configuration_is_not_started(machine):
    links(machine)
    dpkg(machine, "-i", "/root/old.deb")
    configure(machine)
    machine.run("systemctl", "enable", "--now", "sroamd")
    wait(lambda: set_in_kernel(machine), "the old one serves")
    pid = machine.show("MainPID")
    configure(machine, CONF + "nonsense\n")
    said = dpkg(machine, "-i", "/root/new.deb")
    assert f"the daemon of version {OLD} goes on" in said
    assert "nonsense" in said or "/etc/sroamd.conf:" in said
    assert machine.show("MainPID") == pid
    assert machine.show("ActiveState") == "active"
    configure(machine)
    machine.run("sh", "-c", "sroamd -n && systemctl restart sroamd")
    assert machine.show("MainPID") != pid
    assert machine.show("StatusText") == "serving"


class Router:
    """r1 of a network is a machine; core and r2 run this tree's daemon."""

    def __init__(self, lab, machine):
        self.net = net = Network(lab, routers=2, stations=STATIONS)
        self.machine = start(machine, lab.ns_name("r1"))
        net.wait_igp()
        net.start("core", "r2")
        conf = "\n".join(
            line for line in net.conf("r1").text().splitlines()
            if not line.startswith(("state ", "user ", "chroot ")))
        dpkg(machine, "-i", "/root/old.deb")
        configure(machine, conf + "\n")
        machine.run("systemctl", "enable", "--now", "sroamd")
        for s in net.stations:
            net.air.move(s, "r1")
            net.client(s, "udhcpc")
        self.there = {s: net.wait_addresses(s) for s in net.stations}
        self.traffic = Traffic(lab, self.there, {
            "server": (SERVER4, SERVER6), "core": net.addrs["core"],
            "r2": net.addrs["r2"]})
        self.traffic.wait_flowing()
        time.sleep(2)

    def show(self, what):
        return json.loads(self.machine.run("sroamctl", "-j", "show",
                                           what))[what]

    def leases(self):
        return {lease["prefix"]: lease["mac"] for lease in
                self.show("leases")}


def test_an_upgrade_loses_no_packet_and_no_lease(off):
    with Lab("p") as lab:
        router = Router(lab, off)
        known, pid = router.leases(), off.show("MainPID")
        assert len(known) == 2 * STATIONS
        begin = time.monotonic_ns()
        dpkg(off, "-i", "/root/new.deb")
        took = (time.monotonic_ns() - begin) / 1e9
        assert off.show("MainPID") != pid
        assert off.show("StatusText") == "serving"
        time.sleep(6)           # the start is over, and 3 s later
        outcome = router.traffic.outcome(begin)
        print(f"dpkg -i took {took:.1f} s; {outcome}")
        assert outcome.sent > 1000 and outcome.lost == 0, \
            f"{outcome}\n{off.run('cat', LOG)[-3000:]}"
        assert router.leases() == known
        for name in "core", "r2":
            where = {s["mac"]: s for s in
                     router.net.daemons[name].show("stations")}
            assert not any(where[router.net.mac(s)]["here"] for s in
                           router.net.stations)
