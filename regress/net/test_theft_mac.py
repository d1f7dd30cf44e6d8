# SPDX-License-Identifier: ISC
"""A neighbour that sends frames with the MAC address of a station: every frame
that names the station, from another port or interface of the same router and
from another router.  At an isolated port, or against a static entry, it gets
nothing.  At a plain one no frame tells the two apart: it has the station's
packets until the station answers where it was, within a second at the latest.
A station that really moves is followed as ever."""

import contextlib
import time

import pytest

from lab import Network, frames
from lab.fixtures import opened
from lab.netns import BR_FORWARDING, BR_LISTENING, LinkSwitch, PacketSocket
from lab.thief import (GATEWAY, GATEWAY4, GATEWAY6, RATE, Robbed, every_frame)

GAP = 0.2                       # s between two frames of the thief
BURST = 20                      # of one frame, as many a second
ASKED = 3                       # s until a released lease would have ended


class Theft(Robbed):
    """sta1 is robbed by sta2."""

    def __init__(self, net, addrs):
        super().__init__(net, addrs, "sta2", "eth0")

    def speak(self):
        """Something of the station itself, ARP too."""
        self.lab.run("ip", "neigh", "flush", "dev", "eth0", ns="sta1")
        self.lab.ping("sta1", "10.9.0.2")

    def fdb(self, port):
        out = self.lab.run("bridge", "fdb", "show", "br", "roam0", ns="r1")
        return [x for x in out.splitlines() if x.startswith(self.victim)
                and f"dev {port} " in x and "sticky" in x]

    def forget(self):
        """The bridge learns it anew."""
        self.lab.run("bridge", "fdb", "del", self.victim, "dev", "p-sta1",
                     "master", ns="r1", check=False)
        self.speak()

    @contextlib.contextmanager
    def isolated(self, *ports):
        def switch(to):
            for port in ports:
                self.lab.ip("r1", "link", "set", port, "type", "bridge_slave",
                            "isolated", to)
            time.sleep(0.3)     # until the daemon has heard of it
            self.forget()
        switch("on")
        try:
            self.lab.wait(lambda: self.fdb("p-sta1"), "it is kept there")
            yield
        finally:
            switch("off")

    @contextlib.contextmanager
    def static(self):
        self.lab.run("bridge", "fdb", "replace", self.victim, "dev", "p-sta1",
                     "master", "static", ns="r1")
        try:
            self.lab.wait(lambda: self.fdb("p-sta1"), "it stays there")
            yield
        finally:
            self.forget()

    def count(self, name="reclaimed"):
        return sum(d.show("status")[name] for d in self.net.daemons.values())

    def said(self):
        return sum(d.log().count("two stations with one address")
                   for d in self.net.daemons.values())

    def rob(self, speaks):
        """One frame twenty times in a second, and then each once: of how many
        packets how many were stolen, in both."""
        every = [x[1] for x in every_frame(self.victim, self.v4, self.v6)]
        todo = [(0.1 + i / BURST, every[0]) for i in range(BURST)]
        todo += [(1.1 + i * GAP, x) for i, x in enumerate(every)]
        last, before = todo[-1][0], self.leases()
        n, mine, his = self.stream(last + (1.4 if speaks else ASKED), todo,
                                   speaks)
        stolen = sorted(set(his) - set(mine))
        lost = n - len(set(mine) | set(his))
        first = [x for x in stolen if x / RATE < 1.1]
        out = [(int(1.1 * RATE), len(first)),
               (n - int(1.1 * RATE), len(stolen) - len(first))]
        print(f"stolen, of: {out}, lost: {lost}")
        assert not [x for x in his if x / RATE > last + 1], \
            "not back after a second"
        assert lost == 0
        assert self.leases() == before
        return out


SPEAKS = pytest.mark.parametrize("speaks", [False, True],
                                 ids=["silent", "speaking"])


@pytest.fixture(scope="module")
def theft(module_lab):
    net = Network(module_lab, routers=2, stations=2).up()
    return Theft(net, net.join("sta1", "r1"))


@pytest.fixture(scope="module")
def bare(module_lab2):
    """Without bridges: an interface for each station."""
    lab = module_lab2
    net = Network(lab, routers=2, stations=2)
    for ns in net.routers:
        lab.batch(ns, "link set p-sta1 nomaster\nlink set p-sta2 nomaster\n")
    net.wait_igp()
    net.start("core")
    net.start(*net.routers, iface="p-sta1", stations="packets", extra=[
        f"interface p-sta2 {{\n\tstations packets\n\tlladdr {GATEWAY}\n"
        f"\taddress {{ {GATEWAY4}/32, {GATEWAY6}/64 }}\n}}"])
    net.wait_peers()
    return Theft(net, net.join("sta1", "r1"))


@pytest.fixture(scope="module")
def module_lab2():
    yield from opened("b")


def arrange(theft, thief_at):
    theft.net.air.move("sta2", thief_at)
    theft.wait_back()
    time.sleep(0.5)


def plain(theft, speaks, record_property):
    before, lines = theft.count(), theft.said()
    for n, stolen in theft.rob(speaks):
        record_property("stolen", f"{stolen} of {n}")
        assert stolen <= 0.05 * n
    assert theft.count() > before
    assert theft.said() <= lines + 2


@SPEAKS
def test_another_router(theft, speaks, record_property):
    arrange(theft, "r2")
    plain(theft, speaks, record_property)
    assert theft.count("duplicates") > 0


@SPEAKS
def test_another_port_of_the_bridge(theft, speaks, record_property):
    arrange(theft, "r1")
    plain(theft, speaks, record_property)
    assert theft.said() > 0


@SPEAKS
def test_an_isolated_port_keeps_its_station(theft, speaks):
    arrange(theft, "r1")
    with theft.isolated("p-sta1", "p-sta2"):
        assert [stolen for _, stolen in theft.rob(speaks)] == [0, 0]


@SPEAKS
def test_a_static_entry_stays(theft, speaks):
    arrange(theft, "r1")
    with theft.static():
        assert [stolen for _, stolen in theft.rob(speaks)] == [0, 0]


@SPEAKS
@pytest.mark.parametrize("where", ["r1", "r2"])
def test_interfaces_without_a_bridge(bare, where, speaks, record_property):
    arrange(bare, where)
    plain(bare, speaks, record_property)


# Stations that really move

def test_a_roam_out_of_a_theft_and_back(theft):
    """While the thief goes on, at both routers."""
    victim = frames.arp(theft.victim, 1, theft.v4, GATEWAY4)
    arrange(theft, "r1")
    for to in ("r2", "r1"):
        todo = [(0.05 + i / 5, victim) for i in range(15)]
        todo.insert(5, (1, lambda to=to: theft.net.air.move("sta1", to)))
        n, mine, his = theft.stream(3, todo)
        print(to, n, len(mine), len(his))
        assert len(mine) > 0.95 * n
        theft.wait_back(1)


class Socket:
    """A second port of r1 that sta1 may be plugged into."""

    def __init__(self, theft):
        lab = self.lab = theft.lab
        self.theft = theft
        lab.veth("air", "sta1-q", "r1", "q-sta1")
        lab.batch("air", "link set sta1-q master hub-sta1\n"
                  "link set sta1-q type bridge_slave learning off "
                  "isolated on\nlink set sta1-q up\n")
        lab.batch("r1", "link set q-sta1 master roam0\n"
                  "link set q-sta1 up\n")
        self.switch = LinkSwitch(lab.ns_name("air"))
        self.raw = PacketSocket(lab.ns_name("air"), "sta1-q")
        lab.wait(self.block, "the port is there", 5)

    def block(self):
        try:
            self.switch.apply(LinkSwitch.state("sta1-q", BR_LISTENING))
            return True
        except OSError:
            return False

    def move(self, there):
        """By the first frame of the station there."""
        off, on = ("sta1-r1", "sta1-q") if there else ("sta1-q", "sta1-r1")
        self.switch.apply(LinkSwitch.state(off, BR_LISTENING),
                          LinkSwitch.state(on, BR_FORWARDING))
        raw = self.raw if there else self.theft.net.air.raw["sta1", "r1"]
        raw.send(frames.arp(self.theft.victim, 1, self.theft.v4, GATEWAY4))


@pytest.fixture(scope="module")
def second(theft):
    return Socket(theft)


def change(theft, second, there, seconds=3):
    """Of how many packets sta1 got which, as it moves after 0.2 s."""
    time.sleep(1.2)             # its last ARP request may be like the next
    n, mine, _ = theft.stream(seconds, [(0.2, lambda: second.move(there))])
    print(f"to another port: {n - len(mine)} of {n} lost")
    theft.wait_back(1)
    return n, len(mine)


def test_a_station_that_changes_ports_is_followed(theft, second):
    arrange(theft, "r1")
    theft.lab.wait(lambda: not theft.fdb("p-sta1"), "no theft lately", 15)
    for there in (True, False):
        n, mine = change(theft, second, there, 1)
        assert mine > 0.95 * n


def test_one_that_changes_ports_just_after_a_theft_is_followed(theft, second):
    arrange(theft, "r1")
    theft.stream(1, [(0.1, frames.arp(theft.victim, 1, theft.v4, GATEWAY4))])
    theft.lab.wait(lambda: theft.fdb("p-sta1"), "it is kept there")
    for there in (True, False):
        n, mine = change(theft, second, there)
        assert mine > 0.3 * n


def test_a_station_that_changes_isolated_ports_is_followed(theft, second):
    arrange(theft, "r1")
    with theft.isolated("p-sta1", "q-sta1"):
        for there in (True, False):
            n, mine = change(theft, second, there)
            assert mine > 0.6 * n
