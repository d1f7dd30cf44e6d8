# SPDX-License-Identifier: ISC
"""A repeater asks with its own MAC address for clients behind it: the message is
of another one than the frame."""

import pytest

from lab import Network
from lab.hand import (ACK, DISCOVER, NAK, OFFER, REQUEST, BROADCAST, Hand,
                      opt)

BEHIND = "02:00:00:00:77:01"
MODES = {"r1": "yes", "r2": "no"}


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=2, igp=None)
    for router, mode in MODES.items():
        net.start(router, iface_extra=[f"repeaters {mode}"])
    return net


def count(net, router, what):
    return net.daemons[router].show("interfaces")[0][what]


@pytest.mark.parametrize("flags, dst", [(0x8000, BROADCAST), (0, None)],
                         ids=["broadcast flag", "unicast"])
def test_a_client_behind_it_has_an_address(net, flags, dst):
    net.air.move("sta1", "r1")
    hand = Hand(net, "sta1")
    client = f"02:00:00:00:77:{1 + flags // 0x8000:02x}"
    offer = hand.dhcp(DISCOVER, chaddr=client, flags=flags)
    assert (offer["type"], offer["chaddr"], offer["dst"]) == (
        OFFER, client, dst or hand.mac)
    assert 61 not in offer["options"]       # it sent none
    ack = hand.dhcp(REQUEST, opt(50, offer["yiaddr"])
                    + opt(54, offer["options"][54]), chaddr=client,
                    flags=flags)
    assert (ack["type"], ack["yiaddr"]) == (ACK, offer["yiaddr"])
    # By way of the repeater, which is who is here.
    net.lab.wait(lambda: any(
        r["mac"] == hand.mac and r["prefix"] == offer["yiaddr"] + "/32"
        for r in net.daemons["r1"].show("leases")), "its lease", 5)
    net.lab.wait(lambda: net.daemons["r1"].has_station_here(hand.mac),
                 "the repeater is here", 5)
    assert net.daemons["r1"].station(client) is None
    assert f"station {hand.mac} asks DHCP for" in net.daemons["r1"].log()


def test_it_gets_nothing_of_the_client_that_is_named(net):
    net.air.move("sta2", "r1")
    net.air.move("sta1", "r1")
    victim, hand = Hand(net, "sta2"), Hand(net, "sta1")
    addr = victim.lease()
    for kind, options, want in (
            (DISCOVER, opt(50, addr), OFFER), (REQUEST, opt(50, addr), NAK)):
        reply = hand.dhcp(kind, options, chaddr=victim.mac)
        assert reply["type"] == want and reply["yiaddr"] != addr
    # Its renewal may come in another way, and the answer goes to itself.
    assert hand.dhcp(REQUEST, ciaddr=addr, saddr=addr, chaddr=victim.mac,
                     wait=0.5) is None
    assert victim.renew(addr)["type"] == ACK
    assert net.daemons["r1"].station(victim.mac)["here"]


def test_by_default_it_is_refused_and_named_once(net):
    net.air.move("sta1", "r2")
    hand = Hand(net, "sta1")
    before = count(net, "r2", "foreign")
    for _ in range(3):
        assert hand.dhcp(DISCOVER, chaddr=BEHIND, wait=0.3) is None
    assert count(net, "r2", "foreign") == before + 3
    lines = [x for x in net.daemons["r2"].log().splitlines()
             if "repeaters yes" in x]
    assert len(lines) == 1, lines
    assert hand.mac in lines[0] and BEHIND in lines[0]
    assert hand.dhcp(DISCOVER)["type"] == OFFER
    net.air.move("sta1", "r1")
