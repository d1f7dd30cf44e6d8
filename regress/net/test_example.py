# SPDX-License-Identifier: ISC
"""The example of sroamd.conf(5) as it stands there, with networks.nft: staff,
guests and printers at two routers, with clients of three makes.  No packet goes
where it may not, whatever happens to the rules of routing."""

import os
import re
import shutil

import pytest

from lab import Network
from lab.apart import Exchange, arrives
from lab.clients import CLIENTS
from lab.daemon import ROOT, Conf
from lab.igp import snippet
from lab.managers import MANAGERS

STAFF, GUEST, PRINTERS = "staff", "guest", "printers"
BRIDGES = {STAFF: "roam0", GUEST: "roamg", PRINTERS: "roamp"}
# Of each station: network, router, make of its client.
STATIONS = [(STAFF, "ap1", "udhcpc"), (GUEST, "ap1", "dhclient"),
            (PRINTERS, "ap1", "systemd-networkd"),
            (STAFF, "ap2", "systemd-networkd"), (GUEST, "ap2", "udhcpc"),
            (PRINTERS, "ap2", "dhclient")]
LASER = "sta3"          # `host laser' of the example
KINDS = {**CLIENTS, **MANAGERS}

pytestmark = pytest.mark.skipif(
    not shutil.which("dbus-daemon") or
    not os.path.exists("/lib/systemd/systemd-networkd"),
    reason="no systemd-networkd, or no D-Bus")


def example():
    """The display that has the block of guests, as mdoc(7) shows it."""
    with open(os.path.join(ROOT, "man", "sroamd.conf.5"),
              encoding="utf-8") as f:
        page = f.read().split(".Sh EXAMPLES")[1]
    found = [text for text in re.findall(
        r"\.Bd -literal -offset indent\n(.*?)\.Ed\n", page, re.S)
        if "network guest {" in text]
    assert len(found) == 1 and "\\" not in found[0]
    return found[0]


class ExampleConf(Conf):
    """The second router has the addresses that the first one is a peer of."""

    def text(self):
        text = example()
        assert "router name ap1\n" in text and "peer 10.1.1.2\n" in text
        if self.name == "ap2":
            other = {"1": "2", "2": "1"}
            text = re.sub(r"(?<=10\.1\.1\.)[12]\b|(?<=2001:db8:1::)[12]\b|"
                          r"(?<=router name ap)1", lambda m: other[m.group()],
                          text)
        key = self.lab.path("key")
        assert "file:/etc/sroamd.key" in text
        # Its folders and users are the machine's.
        return text.replace("/etc/sroamd.key", key) + (
            f'state "{self.state}"\nuser "{self.user}"\n'
            f'chroot "{self.lab.path("empty")}"\n')


class ExampleNetwork(Network):
    router_name, link4 = "ap{}", "10.2.{}"

    @staticmethod
    def router_addrs(number):
        return [f"10.1.1.{number}", f"2001:db8:1::{number}"]

    def conf(self, ns, **_kw):
        return ExampleConf(self.lab, ns, self.addrs[ns], ["the other"])


class Example(Exchange):
    def __init__(self, lab):
        self.net = net = ExampleNetwork(lab, routers=2, stations=6)
        self.place = dict(zip(net.stations, STATIONS))
        lab.write("key", "0123456789abcdef" * 4 + "\n", 0o600)
        for r in net.routers:
            lab.batch(r, "".join(
                f"link add {b} type bridge mcast_snooping 0\n"
                f"link set {b} up\n" for b in ("roamg", "roamp"))
                + "".join(f"link set p-{sta} master {BRIDGES[name]}\n"
                          for sta, (name, _r, _k) in self.place.items()))
            self.load(r)
        mac = re.search(r"host laser lladdr (\S+) address (\S+)", example())
        lab.batch(LASER, f"link set eth0 address {mac.group(1)}\n")
        net.air.mac[LASER] = mac.group(1)
        net.wait_igp()
        net.start(*net.routers)
        net.wait_peers()
        addrs = {"server": ("10.9.0.2", "2001:db8:9::2")}
        for sta, (_name, r, kind) in self.place.items():
            net.air.move(sta, r)
            net.clients[sta] = KINDS[kind](lab, sta)
        for sta in net.stations:
            addrs[sta] = net.wait_addresses(sta, 40)
        assert addrs[LASER][0] == mac.group(2)
        super().__init__(lab, addrs, self._may)

    def load(self, ns):
        self.net.lab.run("nft", "-f", "-", ns=ns,
                         input=snippet("networks.nft"))

    def unload(self, ns):
        self.net.lab.run("nft", "delete", "table", "inet", "sroamd_networks",
                         ns=ns)

    def _may(self, one, other):
        if "server" in (one, other):
            return True
        names = {self.place[one][0], self.place[other][0]}
        return len(names) == 1 or GUEST not in names

    def thousand(self, **kw):
        """So many packets of each family from each network to each that it
        may not reach, which is from two stations to two."""
        got = self.exchange(250, pause=0.005, **kw)
        assert not self.across(got)
        return got


@pytest.fixture(scope="module")
def apart(module_lab):
    e = Example(module_lab)
    e.settle()
    return e


def test_each_has_addresses_of_its_network(apart):
    number = {STAFF: 44, GUEST: 45, PRINTERS: 46}
    for sta, (name, _r, _kind) in apart.place.items():
        n = number[name]
        assert apart.addrs[sta][0].startswith(f"192.168.{n}."), sta
        assert apart.addrs[sta][1].startswith(f"2001:db8:{n}:"), sta


def test_what_is_allowed_flows_and_nothing_else(apart):
    assert not apart.missing(apart.thousand(), 250)
    assert "networks: their stations" not in apart.net.daemons["ap1"].log()


def test_nor_while_a_router_restarts(apart):
    daemon = apart.net.daemons["ap1"]

    def every(n):
        if n == 50:
            daemon.stop()
        if n == 100:
            daemon.start()
    assert not apart.missing(apart.thousand(every=every), 250)
    apart.net.wait_peers()
    apart.settle()


def test_nor_while_another_hand_removes_rules(apart):
    """Before each third.  By routing alone some pass; by nftables, none."""
    def every(n):
        for r in apart.net.routers if n % 3 == 0 else []:
            for v in ("-4", "-6"):
                apart.lab.run("ip", v, "rule", "flush", "protocol", "44",
                              ns=r)
    apart.thousand(every=every)
    for r in apart.net.routers:
        apart.unload(r)
    assert apart.across(apart.exchange(20, every=every))
    for r in apart.net.routers:
        apart.load(r)
    apart.settle()
    assert not apart.across(apart.exchange(5))


def test_rules_alone_and_nftables_alone_are_each_enough(apart):
    """Neither of the two is a part of the other."""
    lab, net = apart.lab, apart.net
    for r in net.routers:
        apart.unload(r)
    assert not apart.across(apart.exchange())
    for r in net.routers:
        apart.load(r)
        net.daemons[r].stop()
        net.daemons[r].remove()
        for v in ("-4", "-6"):
            assert "iif" not in lab.run("ip", v, "rule", ns=r)
    ways = [(r, addr, BRIDGES[name]) for sta, (name, r, _kind)
            in apart.place.items() for addr in apart.addrs[sta]]
    for r, addr, bridge in ways:    # with routes, as if all would pass
        lab.ip(r, "route", "add", addr, "dev", bridge)
    apart.thousand()
    for r, addr, bridge in ways:
        lab.ip(r, "route", "del", addr, "dev", bridge)
    for r in net.routers:
        net.daemons[r].start()
    net.wait_peers()
    apart.settle()


def test_the_routers_services_and_forged_sources(apart):
    lab = apart.lab
    ends = {name: sta for sta, (name, r, _k) in apart.place.items()
            if r == "ap1"}
    forged = {GUEST: ("192.168.44.250", "2001:db8:44:250::1"),
              STAFF: ("192.168.45.250", "2001:db8:45:250::1")}
    own = "10.3.3.3", "2001:db8:3::3"       # not of those that are prohibited
    lab.batch("ap1", "".join(f"addr add {a} dev lo\n" for a in own))
    for name, addrs in forged.items():
        lab.batch(ends[name], "".join(f"addr add {a} dev lo\n"
                                      for a in addrs))

    def what_arrives():
        got = set()
        for v in (0, 1):
            server = apart.addrs["server"][v], 9998
            for name, sta in ends.items():
                source = apart.addrs[sta][v]
                for port in (53, 9998):
                    if arrives(lab, sta, source, "ap1", (own[v], port)):
                        got.add((name, "router", port, v))
                if arrives(lab, sta, source, "server", server):
                    got.add((name, "server", 9998, v))
            for name, addrs in forged.items():
                if arrives(lab, ends[name], addrs[v], "server", server):
                    got.add((name, "forged", 9998, v))
        return got

    with_rules = what_arrives()
    apart.unload("ap1")
    everything = what_arrives()
    assert len(everything) == 22
    assert everything - with_rules == {
        (name, "forged", 9998, v) for name in forged for v in (0, 1)} | {
            (GUEST, "router", 9998, 0), (GUEST, "router", 9998, 1)}
    for _again in range(2):
        apart.load("ap1")
    assert what_arrives() == with_rules
