# SPDX-License-Identifier: ISC
"""Networks of one set of routers: staff (without a name), guests and printers
(which staff reaches), one station of each at each of two routers.  No packet
goes where it may not, what may be reached is, and so is the server."""

import itertools
import select
import socket
import time

import pytest

from lab import Network
from lab.igp import snippet

STAFF, GUEST, PRINTERS = "staff", "guest", "printers"
NETWORKS = (STAFF, GUEST, PRINTERS)
BRIDGES = {STAFF: "roam0", GUEST: "roamg", PRINTERS: "roamp"}
PREFIXES = {GUEST: ("10.45.0", "2001:db8:45"),
            PRINTERS: ("10.46.0", "2001:db8:46")}
TABLES = {STAFF: 4400, GUEST: 4401, PRINTERS: 4402}
PORT, PACKETS = 9999, 40


def may(one, other):
    return one == other or GUEST not in (one, other)


def block(name, number, iface):
    four, six = PREFIXES[name]
    text = [f"network {name} {{", f"\tprefix {{ {four}.0/24, {six}::/48 }}"]
    if name == PRINTERS:
        text.append("\treach unnamed")
    if iface:
        text += [f"\tinterface {BRIDGES[name]} {{", "\t\tstations bridge",
                 f"\t\tlladdr 02:00:5e:00:53:{number + 0x44:02x}",
                 f"\t\taddress {four}.1/32", "\t\taddress fe80::44/64",
                 "\t}"]
    return "\n".join(text + ["}"])


def blocks(iface):
    return [block(name, n, iface) for n, name in enumerate(NETWORKS)
            if name != STAFF]


class Apart:
    """The stations by (network, router), a socket of each in each family."""

    def __init__(self, lab):
        self.lab = lab
        self.net = net = Network(lab, routers=2, stations=6)
        self.place = {sta: (NETWORKS[n % 3], net.routers[n // 3])
                      for n, sta in enumerate(net.stations)}
        for r in net.routers:
            lab.batch(r, "".join(
                f"link add {b} type bridge mcast_snooping 0\n"
                f"link set {b} up\n" for b in ("roamg", "roamp"))
                + "".join(f"link set p-{sta} master {BRIDGES[name]}\n"
                          for sta, (name, _r) in self.place.items()))
        net.wait_igp()
        net.start("core", extra=blocks(False))
        net.start(*net.routers, extra=blocks(True))
        net.wait_peers()
        self.addrs = {"server": ("10.9.0.2", "2001:db8:9::2")}
        kinds = itertools.cycle(("udhcpc", "dhclient"))
        for sta, (_name, r) in self.place.items():
            self.addrs[sta] = net.join(sta, r, next(kinds))
        self.socks = {}
        for who, addrs in self.addrs.items():
            with lab.inside(who):
                for v, addr in enumerate(addrs):
                    self.socks[who, v] = self._socket(v, addr)
                    lab.closers.append(self.socks[who, v].close)

    @staticmethod
    def _socket(v, addr):
        s = socket.socket((socket.AF_INET, socket.AF_INET6)[v],
                          socket.SOCK_DGRAM)
        s.bind((addr, PORT))
        s.setblocking(False)
        return s

    def _send(self, one, other, v):
        try:
            self.socks[one, v].sendto(f"{one} {other}".encode(),
                                      (self.addrs[other][v], PORT))
        except OSError:
            pass                    # told of an earlier one: prohibited

    def _receive(self, got, wait):
        end = time.monotonic() + wait
        while select.select(list(self.socks.values()), [], [],
                            max(0, end - time.monotonic()))[0]:
            for (who, v), s in self.socks.items():
                try:
                    while True:
                        one, other = s.recv(100).decode().split()
                        assert other == who
                        got[one, other, v] = got.get((one, other, v), 0) + 1
                except OSError:
                    continue

    def pairs(self):
        for one, other in itertools.permutations(self.addrs, 2):
            for v in (0, 1):
                yield one, other, v

    def allowed(self, one, other):
        return "server" in (one, other) or may(self.place[one][0],
                                               self.place[other][0])

    def exchange(self, rounds=PACKETS, every=lambda n: None):
        """All send to all, so many times: what arrived, by pair."""
        got = {}
        self._receive({}, 0.1)
        for n in range(rounds):
            every(n)
            for pair in self.pairs():
                self._send(*pair)
            self._receive(got, 0.02)
        self._receive(got, 1.0)
        return got

    def across(self, got):
        return {p: n for p, n in got.items() if not self.allowed(*p[:2])}

    def missing(self, got, rounds=PACKETS):
        return {p: got.get(p, 0) for p in self.pairs()
                if self.allowed(*p[:2]) and got.get(p, 0) < rounds * 0.9}

    def settle(self):
        """Until all that is allowed passes."""
        self.lab.wait(lambda: not self.missing(self.exchange(2), 2),
                      "all that is allowed passes", 40, 0.1)


@pytest.fixture(scope="module")
def apart(module_lab):
    a = Apart(module_lab)
    a.settle()
    return a


def test_each_has_addresses_of_its_network(apart):
    for sta, (name, _r) in apart.place.items():
        four, six = PREFIXES.get(name, ("192.168.44", "2001:db8:"))
        assert apart.addrs[sta][0].startswith(four + "."), sta
        assert apart.addrs[sta][1].startswith(six), sta


def test_nothing_passes_between_networks(apart):
    got = apart.exchange()
    assert not apart.across(got)
    assert not apart.missing(got)


def test_nor_while_a_router_restarts(apart):
    daemon = apart.net.daemons["r1"]

    def every(n):
        if n == 10:
            daemon.stop()
        if n == PACKETS // 2:
            daemon.start()
    got = apart.exchange(every=every)
    assert not apart.across(got)
    apart.net.wait_peers()
    apart.settle()


def is_whole(apart, r):
    """All rules and routes that keep networks apart stand there."""
    for v in ("-4", "-6"):
        rules = apart.lab.run("ip", v, "rule", ns=r)
        if any(f"iif {BRIDGES[n]} lookup {TABLES[n]}" not in rules
               for n in NETWORKS):
            return False
        for name in NETWORKS:
            there = apart.lab.run("ip", v, "route", "show", "table",
                                  str(TABLES[name]), ns=r, check=False)
            if there.count("prohibit") != (2 if name == GUEST else 1):
                return False
    return True


@pytest.mark.parametrize("hand", [
    ("rule", "del", "pref", "999", "iif", "roamg"),
    ("rule", "flush", "protocol", "44"),
    ("route", "flush", "table", "4401"),
    ("route", "flush", "table", "4400")])
def test_another_hand_is_undone_within_a_second(apart, hand):
    assert is_whole(apart, "r1")
    for v in ("-4", "-6"):
        apart.lab.run("ip", v, *hand, ns="r1")
    apart.lab.wait(lambda: is_whole(apart, "r1"), "all is back", 1, 0.01)
    got = apart.exchange(10)
    assert not apart.across(got)
    apart.settle()


def test_what_goes_leaves_nothing(apart):
    daemon = apart.net.daemons["r2"]
    daemon.stop()
    assert is_whole(apart, "r2")
    daemon.remove()
    for v in ("-4", "-6"):
        assert "iif" not in apart.lab.run("ip", v, "rule", ns="r2")
        assert "prohibit" not in apart.lab.run("ip", v, "route", "show",
                                               "table", "all", ns="r2")
    daemon.start()
    apart.net.wait_peers()
    assert is_whole(apart, "r2")


def arrives(lab, one, source, other, dest):
    """Whether a datagram does: dest is (address, port)."""
    family = socket.AF_INET6 if ":" in dest[0] else socket.AF_INET
    with lab.inside(other):
        ear = socket.socket(family, socket.SOCK_DGRAM)
    with lab.inside(one):
        mouth = socket.socket(family, socket.SOCK_DGRAM)
    with ear, mouth:
        ear.bind(dest)
        mouth.bind((source, 0))
        for _ in range(3):
            mouth.sendto(b"x", dest)
            if select.select([ear], [], [], 0.2)[0]:
                return True
    return False


def test_rules_for_the_routers_own_addresses_and_forged_sources(apart):
    """etc/networks.nft, with the prefixes of this test."""
    lab, ends = apart.lab, {name: sta for sta, (name, r) in apart.place.items()
                            if r == "r1"}
    text = snippet("networks.nft").replace("192.168.45.", "10.45.0.")
    assert "10.45.0.0/24" in text
    forged = "192.168.44.250", "2001:db8:44:250::1"
    lab.batch(ends[GUEST], f"addr add {forged[0]}/32 dev lo\n"
              f"addr add {forged[1]}/128 dev lo\n")

    def what_arrives():
        got = set()
        for v in (0, 1):
            own, server = apart.net.addrs["r1"][v], apart.addrs["server"][v]
            for name, sta in ends.items():
                source = apart.addrs[sta][v]
                for port in (53, 9998):
                    if arrives(lab, sta, source, "r1", (own, port)):
                        got.add((name, "router", port, v))
                if arrives(lab, sta, source, "server", (server, 9998)):
                    got.add((name, "server", 9998, v))
            if arrives(lab, ends[GUEST], forged[v], "server", (server, 9998)):
                got.add((GUEST, "forged", 9998, v))
        return got

    everything = what_arrives()
    assert {(GUEST, "router", 9998, 0), (GUEST, "router", 9998, 1),
            (GUEST, "forged", 9998, 0), (GUEST, "forged", 9998, 1)
            } <= everything and len(everything) == 20
    for _again in range(2):
        lab.run("nft", "-f", "-", ns="r1", input=text)
    assert everything - what_arrives() == {
        (GUEST, "router", 9998, 0), (GUEST, "router", 9998, 1),
        (GUEST, "forged", 9998, 0), (GUEST, "forged", 9998, 1)}
    apart.addrs[ends[GUEST]] = apart.net.join(ends[GUEST], "r1", "udhcpc")
    assert apart.addrs[ends[GUEST]][0].startswith("10.45.0.")
