# SPDX-License-Identifier: ISC
"""Somebody uses the MAC address of a station of a radio: on the air without its
keys, on a wire beside the access point, and on the air with the passphrase."""

import time

import pytest

from lab import frames
from lab.fixtures import opened
from lab.thief import GATEWAY4, RATE, Robbed, every_frame
from lab.wifi import Radio, Supplicant, WifiNetwork

GAP = 0.25       # s; a released lease would end within three
SECURITIES = ("wpa2", "sae")


class Thieves:
    """sta2 on the air; a wire at either access point; a radio of its own."""

    def __init__(self, net, addrs):
        self.net, lab = net, net.lab
        self.air = Robbed(net, addrs, "sta2", "wlan0", "wlan0")
        self.wires = {}
        for ap in net.routers:
            lab.add_ns("w" + ap)
            lab.veth(ap, "wire", "w" + ap, "eth0")
            lab.batch(ap, "link set wire master roam0\nlink set wire up\n")
            lab.batch("w" + ap, "link set eth0 up\n")
        for ap in net.routers:
            self.wires[ap] = Robbed(net, addrs, "w" + ap, "eth0", "wlan0")
        lab.add_ns("evil")
        lab.sysctl("evil", net__ipv6__conf__all__disable_ipv6=1,
                   net__ipv6__conf__default__disable_ipv6=1)
        self.radio = Radio(lab, "evil")
        self.radio.hear(32)
        self.evil = Robbed(net, addrs, "evil", "wlan0", "wlan0")


@pytest.fixture(scope="module")
def net():
    for lab in opened("x"):
        net = WifiNetwork(lab, stations=2, source="auto")
        # The other networks are on the same channel, and have the same name.
        for radio in net.air.radios.values():
            radio.hear(32)
        net.wait_igp()
        net.air.start("wpa2", bridge=net.bridge)
        net.start("core")
        net.start(*net.routers)
        net.wait_peers()
        net.client("sta1", "udhcpc")
        net.thieves = Thieves(net, net.wait_addresses("sta1"))
        net.secured = "wpa2"
        yield net


@pytest.fixture(params=SECURITIES)
def thieves(net, request):
    if net.secured != request.param:
        net.security(request.param)
        net.secured = request.param
    for sta, ap in (("sta1", "ap1"), ("sta2", "ap1")):
        if net.air.wait_connected(sta) != ap:
            net.air.move(sta, ap)
    net.lab.wait(lambda: net.daemons["ap1"].has_station_here(net.mac("sta1")),
                 "sta1 at ap1", 10, 0.05)
    net.lab.ping("server", net.thieves.air.v4)
    time.sleep(1)
    assert net.addresses("sta1")[0] == net.thieves.air.v4
    return net.thieves


def rob(robbed, speaks=False):
    todo = [(0.1 + i * GAP, frame) for i, (_, frame) in enumerate(
        every_frame(robbed.victim, robbed.v4, robbed.v6))]
    n, mine, his = robbed.stream(todo[-1][0] + 3, todo, speaks)
    print(f"stolen: {len(set(his) - set(mine))} of {n}, lost: "
          f"{n - len(set(mine) | set(his))}")
    return n, set(mine), set(his), todo[-1][0]


@pytest.mark.parametrize("speaks", [False, True], ids=["silent", "speaking"])
@pytest.mark.parametrize("where", ["ap1", "ap2"], ids=["same", "other"])
def test_on_the_air_a_frame_has_the_address_of_its_keys(net, thieves, where,
                                                        speaks):
    """The access point knows a frame by its transmitter: without the keys of
    that station it is nobody's."""
    if where != "ap1":
        net.air.move("sta2", where)
    n, mine, his, _ = rob(thieves.air, speaks)
    assert not his and len(mine) == n
    assert net.daemons["ap1"].has_station_here(net.mac("sta1"))


@pytest.mark.parametrize("speaks", [False, True], ids=["silent", "speaking"])
def test_on_a_wire_of_the_same_bridge_it_gets_nothing(net, thieves, speaks):
    n, mine, his, _ = rob(thieves.wires["ap1"], speaks)
    assert not his - mine and len(mine) == n


@pytest.mark.parametrize("speaks", [False, True], ids=["silent", "speaking"])
def test_on_a_wire_of_another_router_it_is_taken_back(net, thieves, speaks):
    n, mine, his, last = rob(thieves.wires["ap2"], speaks)
    assert not [x for x in his if x / RATE > last + 1]
    assert len(mine) > 0.9 * n


def test_with_the_passphrase_it_is_a_roam_that_is_taken_back(net, thieves):
    """At the other access point: as good as the station itself to anybody who
    looks, until the station answers."""
    robbed, lab = thieves.evil, net.lab
    lab.batch("evil", f"link set wlan0 down\nlink set wlan0 address "
              f"{robbed.victim}\n")
    evil = Supplicant(lab, "evil", net.secured,
                      network=["bssid=" + net.air.radios["ap2"].mac])
    mark = len(net.air.aps["ap2"].proc.text())
    evil.start()
    try:
        lab.wait(lambda: "AP-STA-CONNECTED " + robbed.victim in
                 net.air.aps["ap2"].proc.text()[mark:], "evil at ap2", 30)
        time.sleep(1)
        n, mine, his = robbed.stream(3)
        print(f"no frame: stolen: {len(set(his) - set(mine))} of {n}")
        assert len(mine) > 0.95 * n
        arp = frames.arp(robbed.victim, 1, robbed.v4, GATEWAY4)
        n, mine, his = robbed.stream(8, [(i, arp) for i in range(6)])
        print(f"a frame a second: stolen: {len(set(his) - set(mine))} of {n}")
        assert not [x for x in his if x / RATE > 6]
        assert len(mine) > 0.5 * n
    finally:
        evil.stop()
        lab.batch("evil", "link set wlan0 down\n")
    assert net.daemons["ap1"].has_station_here(net.mac("sta1"))
