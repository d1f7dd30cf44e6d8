# SPDX-License-Identifier: ISC
"""Frames with an 802.1Q tag: of a priority alone, which some stations send
with all that they say, and of a VLAN, which is another network."""

import pytest

from lab import Network, frames
from lab.hand import DISCOVER, OFFER, Hand

ROUTERS = {"r1": "bridge", "r2": "packets"}
# Priority, and the bit that says what may be dropped; then VLANs.
NONE, OTHER = [0x0000, 0xe000, 0x1000], [0x0001, 0x0fff, 0xa100]


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=2, igp=None)
    for router, source in ROUTERS.items():
        net.start(router, stations=source, iface_extra=["netmask 24"])
    return net


@pytest.fixture(params=ROUTERS, ids=ROUTERS.values())
def router(net, request):
    for sta in net.stations:
        net.air.move(sta, request.param)
    return request.param


def taken(net, router, what):
    return net.daemons[router].show("interfaces")[0][what]


@pytest.mark.parametrize("tci", NONE, ids=hex)
def test_a_priority_is_as_none(net, router, tci):
    lab, daemon = net.lab, net.daemons[router]
    hand = Hand(net, "sta1")
    addr = hand.lease(tci=tci)
    lab.wait(lambda: daemon.has_station_here(hand.mac), "it is here", 5)
    lab.wait(lambda: addr in lab.run("ip", "route", "show", "table", "44",
                                     ns=router), "its route", 5)
    assert hand.renew(addr, tci=tci)
    for what, frame in (
            ("arps", frames.arp(hand.mac, 1, addr, "192.168.44.1")),
            ("solicits", frames.solicitation(hand.mac)),
            ("neighbours", frames.advertisement(hand.mac, "fe80::7"))):
        before = taken(net, router, what)
        hand.send(frame, tci)
        lab.wait(lambda w=what, b=before: taken(net, router, w) > b,
                 f"{what} are taken", 5)


@pytest.mark.parametrize("tci", OTHER, ids=hex)
def test_a_vlan_is_another_network(net, router, tci):
    hand = Hand(net, "sta2", "02:00:00:00:00:77")
    before = taken(net, router, "dhcp")
    assert hand.dhcp(DISCOVER, wait=0.5, tci=tci) is None
    assert taken(net, router, "dhcp") == before
    assert hand.dhcp(DISCOVER)["type"] == OFFER
