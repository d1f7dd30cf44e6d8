# SPDX-License-Identifier: ISC
"""The README's steps, literally: its commands are read from there and run by
two machines with systemd, from a bare system to a station that roams; then one
of them starts anew, and has all that it had."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

import pytest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, os.path.join(ROOT, "regress"))

from lab.base import Lab                                        # noqa: E402
from lab.daemon import SROAMD                                   # noqa: E402
from lab.machine import MASKED, SYSTEMD, Machine, wait          # noqa: E402

STEPS = range(1, 11)
NOT_RUN = {1: "make install has run, by regress",
           5: "a radio is needed: regress/wifi",
           10: "what babeld.conf has at the exit, see below"}
UDHCPC = """#!/bin/sh
case $1 in
bound|renew)
	ip addr flush dev "$interface"
	ip addr add "$ip/$mask" dev "$interface"
	ip route replace "${router%% *}" dev "$interface"
	ip route replace default via "${router%% *}"
esac
"""


def steps():
    """The commands of each step: a list of blocks, as they stand there."""
    with open(os.path.join(ROOT, "README"), encoding="ascii") as f:
        text = f.read()
    text = text[text.index("## Two access points, step by step"):]
    text = text[:text.index("\n## ", 1)]
    parts = re.split(r"(?m)^(\d+)\. ", text)[1:]
    found = {}
    for number, part in zip(parts[::2], parts[1::2]):
        blocks = re.findall(r"(?m)(?:^ {8}.*\n)+", part)
        found[int(number)] = [re.sub(r"(?m)^ {8}", "", b) for b in blocks]
    return found


def commands(block, machine):
    """On ap2 what a line says behind `# ap2: '."""
    lines = []
    for line in block.splitlines():
        other = re.match(r".*\s# ap2: (.*)", line)
        lines.append(other[1] if other and machine == 2 else line)
    return "\n".join(lines) + "\n"


class Router(Machine):
    target = "multi-user.target"
    masked = [u for u in MASKED if u != "systemd-networkd.service"]
    kept = ["etc", "var/lib/sroamd", "var/lib/babeld"]

    def __init__(self, top, number):
        self.number, self.script = number, ""
        super().__init__(top)
        subprocess.run(["make", "-s", "install", "DESTDIR=" + self.files],
                       cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def step(self, text):
        """Later steps know the variables of former ones, as in a shell."""
        text = commands(text, self.number)
        done = self.run("sh", "-ec", self.script + text)
        self.script += "".join(x + "\n" for x in text.splitlines()
                               if re.match(r"[a-z]=", x))
        return done

    def again(self):
        """A start of the machine, with what its disk has."""
        tar = subprocess.run(
            ["nsenter", "-t", self.first(), "-m", "-r", "-w", "tar", "-C", "/",
             "-c", "--ignore-failed-read", *self.kept],
            capture_output=True, check=False).stdout
        self.off()
        shutil.rmtree(os.path.join(self.top, "root"), ignore_errors=True)
        subprocess.run(["tar", "-C", self.files, "-x"], input=tar, check=True)

    def says(self, what):
        return self.run("sroamctl", "show", what, check=False)


class Site:
    """ap1 and ap2 with eth0 between them, and a switch for the station."""

    def __init__(self, lab, top):
        self.lab = lab
        lab.add_ns("link", "sta")
        lab.veth("link", "sta", "sta", "eth0", mac2="02:00:00:00:00:07")
        lab.batch("sta", "link set eth0 up")
        lab.batch("link", "link set sta up\nlink add core type bridge\n"
                  "link set core up")
        self.routers = []
        for n in 1, 2:
            where = os.path.join(top, f"ap{n}")
            os.mkdir(where)
            lab.batch("link", f"link add sta{n} type bridge\n"
                      f"link set sta{n} addrgenmode none\n"
                      f"link set sta{n} up")
            self.routers.append(Router(where, n))
            lab.closers.append(self.routers[-1].off)

    def boots(self, r):
        if not r.start(plug=lambda: r.first() and self.plug(r)):
            pytest.skip("systemd cannot run here: " + r.said()[-300:])

    def plug(self, r):
        """Its network cards: eth0 and eth1."""
        for name, to in ("eth0", "core"), ("eth1", f"sta{r.number}"):
            port = f"{name}.{r.number}"
            # The kernel may still be taking a former start's away.
            self.lab.run("ip", "-n", self.lab.ns_name("link"), "link", "del",
                         port, check=False)
            self.lab.batch("link", f"link add {port} type veth peer name {name}"
                           f" netns {r.first()}\n"
                           f"link set {port} up master {to}")

    def walk(self, n):
        self.lab.ip("link", "link", "set", "sta", "master", f"sta{n}")

    def lease(self):
        script = self.lab.write("udhcpc", UDHCPC, 0o755)
        self.lab.run("busybox", "udhcpc", "-n", "-q", "-f", "-i", "eth0", "-s",
                     script, ns="sta", timeout=30)
        out = self.lab.ip("sta", "-4", "-br", "addr", "show", "eth0")
        return out.split()[2].split("/")[0]

    def here(self, n):
        """The station is at apN, and both say so."""
        return all(re.search(rf"02:00:00:00:00:07 ap{n} ", r.says("stations"))
                   for r in self.routers)


@pytest.fixture(scope="module", name="site")
def a_site():
    if os.geteuid() != 0:
        pytest.skip("needs root")
    if not os.path.exists(SYSTEMD):
        pytest.skip("there is no systemd")
    top = tempfile.mkdtemp(prefix="sroamd-readme.")
    try:
        with Lab() as lab:
            site = Site(lab, top)
            for r in site.routers:
                site.boots(r)
            yield site
    finally:
        shutil.rmtree(top, ignore_errors=True)


def test_each_step_of_the_readme_is_there():
    found = steps()
    assert sorted(found) == list(STEPS)
    assert all(found.values()), found
    assert "systemctl enable --now sroamd\n" in found[8][0]


def hand_over(one, other, path):
    """As scp does it; there is no ssh here."""
    text = one.run("cat", path)
    other.run("sh", "-c", f"umask 077; echo {text} >{path}")


def test_two_bare_machines_become_access_points(site):
    found = steps()
    one, two = site.routers
    for r in site.routers:
        for n in [n for n in STEPS if n not in NOT_RUN and n < 9]:
            for block in found[n]:
                if commands(block, r.number).startswith("scp "):
                    hand_over(one, two, "/etc/sroamd.key")
                else:
                    r.step(block)
    for r in site.routers:
        wait(lambda r=r: " up " in r.says("peers"), "a session")
        assert " warning: " not in r.run("sroamd", "-n")
    said = [r.says("peers") for r in site.routers]
    wait(lambda: sum("other way" in r.says("peers")
                     for r in site.routers) == 1, f"one session: {said}")


def test_a_station_gets_an_address_and_roams(site):
    site.walk(1)
    wait(lambda: "eth1" in site.routers[0].run("ls", "/sys/class/net"), "eth1")
    addr = site.lease()
    wait(lambda: site.here(1), "the station is at ap1")
    site.lab.ping("sta", "10.1.1.2")
    site.walk(2)
    site.lab.ping("sta", "10.1.1.1")
    wait(lambda: site.here(2), "the station is at ap2")
    for n in 1, 2:
        assert addr in site.routers[n - 1].says("leases")
    out = site.routers[0].step(steps()[9][0])
    assert "other way" in out or " up " in out


EXIT = """\
prefix {{ 192.168.44.0/24, 2001:db8:44::/48 }}
network key "change this text, the same way on both"
router name exit
router address 10.1.1.9
state "{state}"
user nobody
chroot "{empty}"
peer 10.1.1.1
tls psk "{key}"
"""


def exit_router(lab, key):
    """Between eth0's link and the Internet, with step 10's two lines."""
    lab.add_ns("exit", "inet")
    lab.veth("link", "eth0.9", "exit", "eth0")
    lab.veth("exit", "wan0", "inet", "eth0")
    lab.batch("link", "link set eth0.9 up master core")
    lab.batch("inet", "link set eth0 up\naddr add 203.0.113.1/24 dev eth0")
    lab.batch("exit", "link set eth0 up\naddr add 10.1.0.9/24 dev eth0\n"
              "addr add 10.1.1.9/32 dev lo\nlink set wan0 up\n"
              "addr add 203.0.113.2/24 dev wan0\n"
              "route add default via 203.0.113.1")
    lab.sysctl("exit", net__ipv4__ip_forward=1)
    lab.run("nft", "-f", os.path.join(ROOT, "etc/exit.nft"), ns="exit")
    with open(os.path.join(ROOT, "etc/babeld.conf"), encoding="ascii") as f:
        conf = f.read().replace("10.1.1.1/32", "10.1.1.9/32")
    conf = re.sub(r"redistribute (ip 2001|proto 44).*\n", "", conf)
    rest = "redistribute local deny\n"
    conf = conf.replace(rest, steps()[10][0] + rest)
    lab.spawn("babeld", ["babeld", "-I", "", "-S", lab.path("babel-state"),
              "-c", lab.write("babeld.conf", conf)], ns="exit")
    os.makedirs(lab.path("exit.state"), mode=0o700)
    os.makedirs(lab.path("empty"), exist_ok=True)
    conf = EXIT.format(state=lab.path("exit.state"), empty=lab.path("empty"),
                       key=key)
    lab.spawn("sroamd", [SROAMD, "-d", "-f", lab.write(
        "exit.conf", conf, 0o600), "-s", lab.path("exit.sock")], ns="exit")


def test_a_station_reaches_the_internet(site):
    exit_router(site.lab, site.routers[0].run("cat", "/etc/sroamd.key"))
    site.lab.ping("sta", "203.0.113.1", timeout=30)


def test_a_machine_that_starts_anew_has_all_it_had(site):
    one, two = site.routers
    identity = one.run("sroamd", "-I")
    one.again()
    site.boots(one)
    wait(lambda: " up " in one.says("peers"), "a session after the start")
    assert one.run("sroamd", "-I") == identity
    assert "table inet sroamd" in one.run("nft", "list", "tables")
    assert one.run("sysctl", "-n", "net.ipv4.conf.roam0.send_redirects",
                   "net.ipv4.ip_forward").split() == ["0", "1"]
    site.walk(1)
    site.lab.ping("sta", "10.1.1.2", timeout=20)
    wait(lambda: site.here(1), "the station is back at ap1")
    assert two.run("systemctl", "is-active", "sroamd") == "active"


def test_rules_that_are_loaded_twice_are_there_once(site):
    r = site.routers[0]
    before = r.run("nft", "list", "ruleset")
    for name in "sroamd.nft", "sroamd.nft":
        r.run("nft", "-f", "/usr/local/share/doc/sroamd/examples/" + name)
    assert r.run("nft", "list", "ruleset") == before
