# SPDX-License-Identifier: ISC
"""A station with its own MAC address takes no packet of another one, whatever
it says: with WPA2 and WPA3, the gateway on a bridge or on wlan0 itself."""

import pytest

from lab.fixtures import in_pairs, opened
from lab.theft import Chatter, Scene, renew
from lab.wifi import WifiNetwork

EXTRA = ["dhcp6 delegate", "prefix 2001:db8:8000::/48 delegate 60"]
EACH = 4


class Silence:
    """Nothing that the station says reaches its radio."""

    def __init__(self, net, station):
        self.lab = net.lab
        self.tc = ["tc", "-n", net.lab.ns_name(station)]

    def __enter__(self):
        self.lab.run(*self.tc, "qdisc", "add", "dev", "wlan0", "clsact")
        self.lab.run(*self.tc, "filter", "add", "dev", "wlan0", "egress",
                     "matchall", "action", "drop")

    def __exit__(self, *exc):
        self.lab.run(*self.tc, "qdisc", "del", "dev", "wlan0", "clsact")


@pytest.fixture(scope="module", params=["roam0", None], ids=["bridge", "bare"])
def net(request):
    for lab in opened("t"):
        net = WifiNetwork(lab, bridge=request.param, stations=2)
        # The other networks are on the same channel, and have the same name.
        for radio in net.air.radios.values():
            radio.hear(16)
        net.wait_igp()
        net.air.start("wpa2", bridge=net.bridge)
        net.start("core", extra=EXTRA)
        net.start(*net.routers, extra=EXTRA, **(
            {} if net.bridge else {"lladdr": None}))
        net.wait_peers()
        net.secured = "wpa2"
        net.scene = None
        yield net
        if net.scene:
            net.scene.close()


def use(net, security):
    """Both stations are connected by it, and have their addresses."""
    if net.secured != security:
        net.security(security)
        net.secured = security
        net.scene.close()
        net.scene = None
    for sta in net.stations:
        net.air.wait_connected(sta)
    return net


def put(net, **places):
    for sta, ap in places.items():
        if net.air.wait_connected(sta) != ap:
            net.air.move(sta, ap)
        net.lab.wait(lambda s=sta, a=ap: net.daemons[a].has_station_here(
            net.mac(s)), f"{sta} at {ap}", 10, 0.05)


@in_pairs(security=["wpa2", "sae"], where=["ap1", "ap2"],
          manner=[Silence, Chatter])
def test_no_frame_with_its_own_mac_takes_a_packet(net, security, where,
                                                  manner):
    use(net, security)
    if net.scene is None:
        net.scene = Scene(net, EACH)
    put(net, sta1="ap1", sta2=where)
    with manner(net, "sta1"):
        net.scene.strike("ap1", where)
    renew(net, "sta1")
