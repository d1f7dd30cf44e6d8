# SPDX-License-Identifier: ISC
"""Ports that do not learn, of virtual machines for which the hypervisor makes
forwarding entries: a machine with one is a station, before it sends a frame;
and one that is announced by RARP alone has moved."""

import socket
import struct

import pytest

from lab import Network, frames
from lab.hand import Hand

KINDS = [["static"], ["static", "sticky"], ["dynamic", "extern_learn"]]


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=3)
    net.up(extra=[f"host vm{n} lladdr {net.mac(f'sta{n}')} "
                  f"address 192.168.44.{40 + n}" for n in (1, 2, 3)]
           + ["probe interval 1s"])
    return net


def entry(net, router, sta, what, *words):
    net.lab.run("bridge", "fdb", what, net.mac(sta), "dev", "p-" + sta,
                "master", *words, ns=router)


def learning(net, router, sta, value):
    net.lab.run("ip", "link", "set", "p-" + sta, "type", "bridge_slave",
                "learning", value, "flood", value, ns=router)


def here(net, router, sta, what="is here"):
    net.lab.wait(lambda: net.daemons[router].has_station_here(net.mac(sta)),
                 f"{router}: {sta} {what}", 8)


def gone(net, router, sta):
    net.lab.wait(lambda: not net.daemons[router].has_station_here(
        net.mac(sta)), f"{router}: {sta} is gone", 12)


def routed(net, router, addr):
    net.lab.wait(lambda: addr in net.lab.run(
        "ip", "-4", "route", "show", "table", "44", ns=router)
        and "roam0" in net.lab.run("ip", "route", "get", addr, ns=router),
        f"{router}: {addr} is routed", 5)


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_a_machine_with_an_entry_is_here_and_routed(net, kind):
    learning(net, "r1", "sta1", "off")
    try:
        entry(net, "r1", "sta1", "replace", *kind)
        here(net, "r1", "sta1", "before it sent a frame")
        net.air.move("sta1", "r1")
        addr = Hand(net, "sta1").lease()
        routed(net, "r1", addr)
        assert net.daemons["r1"].has_station_here(net.mac("sta1"))
    finally:
        entry(net, "r1", "sta1", "del")
        learning(net, "r1", "sta1", "on")
    gone(net, "r1", "sta1")


def test_a_static_entry_stays_and_the_machine_is_back_by_a_frame(net):
    """It is silent, and not there; then it sends, at a port that does not
    learn."""
    learning(net, "r1", "sta2", "off")
    entry(net, "r1", "sta2", "replace", "static")
    net.air.move("sta2", "r1")
    hand = Hand(net, "sta2")
    addr = hand.lease()
    here(net, "r1", "sta2")
    gone(net, "r1", "sta2")             # no answer to probes
    assert "static" in net.lab.run("bridge", "fdb", "show", "dev", "p-sta2",
                                   ns="r1")

    def speaks():       # the first one may still be from where it was
        hand.send(frames.arp(hand.mac, 1, addr, "192.168.44.1"))
        return net.daemons["r1"].has_station_here(hand.mac)
    net.lab.wait(speaks, "r1: sta2 is here again", 8, 0.3)
    routed(net, "r1", addr)
    entry(net, "r1", "sta2", "del")
    learning(net, "r1", "sta2", "on")


def test_a_machine_that_is_announced_by_rarp_has_moved(net):
    net.air.move("sta3", "r1")
    hand = Hand(net, "sta3")
    hand.lease()
    here(net, "r1", "sta3")
    net.air.move("sta3", "r2")
    mac = frames.mac(hand.mac)
    hand.send((b"\xff" * 6 + mac + b"\x80\x35" + struct.pack(
        "!HHBBH", 1, 0x800, 6, 4, 3) + (mac + bytes(4)) * 2).ljust(60, b"\0"))
    here(net, "r2", "sta3")


def test_an_entry_at_another_router_moves_the_machine(net):
    """Both routers have an entry of the machine: the later one counts."""
    for router in ("r1", "r2", "r1"):
        learning(net, router, "sta1", "off")
        net.air.move("sta1", router)
        entry(net, router, "sta1", "replace", "static")
        here(net, router, "sta1")
        other = "r2" if router == "r1" else "r1"
        gone(net, other, "sta1")
        addr = Hand(net, "sta1").lease()
        assert socket.inet_aton(addr)
        routed(net, router, addr)
        if router == "r2":
            entry(net, "r1", "sta1", "del")
    for router in ("r1", "r2"):
        entry(net, router, "sta1", "del")
        learning(net, router, "sta1", "on")
