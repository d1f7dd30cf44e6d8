# SPDX-License-Identifier: ISC
"""Who plays the gateway on the air takes nothing that others send: with
ap_isolate=1, as etc/hostapd.conf has it, in a bridge and without one."""

import pytest

from lab.daemon import GATEWAY4
from lab.fixtures import in_pairs, opened
from lab.impostor import Liar, Upstream, answer_dhcp, nobody_is_fooled
from lab.wifi import WifiNetwork, shipped

VICTIM, THIEF = "sta1", "sta2"


class Air:
    def __init__(self, lab, bridge):
        self.lab = lab
        self.net = net = WifiNetwork(lab, bridge=bridge, stations=2,
                                     shared_mac=bridge is not None)
        # Another network is on the same channel, and has the same name.
        for radio in net.air.radios.values():
            radio.hear(16)
        # What is seen is what ap_isolate does by itself.
        for r in net.routers:
            lab.run("nft", "delete", "table", "bridge", "sroamd", ns=r)
        self.used = None
        self.use("wpa2", True)
        net.start()
        net.wait_peers()
        net.wait_igp()
        for sta in net.stations:
            net.client(sta, "udhcpc")
            net.wait_addresses(sta)

    def use(self, security, isolate):
        if self.used != (security, isolate):
            self.net.security(security, extra=shipped("ap_isolate")
                              if isolate else ())
        self.used = security, isolate
        return self.net

    def gateway_mac(self):
        return self.lab.ip_json("ap1", "link", "show", self.net.bridge
                                or "wlan0")[0]["address"]


@pytest.fixture(scope="module", params=["roam0", None],
                ids=["bridge", "interface"])
def air(request):
    for lab in opened("i"):
        yield Air(lab, request.param)


def come(net, station, router):
    if net.air.wait_connected(station) != router:
        net.air.move(station, router)
    net.lab.ping(station, GATEWAY4)
    for addr in net.wait_addresses(station):
        net.lab.ping("server", addr)


@in_pairs(security=["wpa2", "sae"], where=["ap1", "ap2"],
          src=["own", "gateway's"])
def test_who_plays_the_gateway_gets_nothing(air, security, where, src):
    assert shipped("ap_isolate") == ["ap_isolate=1"]
    net = air.use(security, True)
    come(net, VICTIM, "ap1")
    come(net, THIEF, where)
    nobody_is_fooled(net, VICTIM, THIEF, net.mac(THIEF) if src == "own"
                     else air.gateway_mac())


@pytest.mark.parametrize("security", ["wpa2", "sae"])
def test_who_plays_the_dhcp_server_serves_nobody(air, security):
    net = air.use(security, True)
    come(net, VICTIM, "ap1")
    come(net, THIEF, "ap1")
    addr = net.addresses(VICTIM)[0]
    told = answer_dhcp(net, VICTIM, THIEF, net.mac(THIEF))
    assert told.count("bound " + addr) == 3 and "10.66.0.66" not in told


def test_without_ap_isolate_the_victim_is_fooled(air):
    """So what keeps it from that is this setting."""
    net = air.use("wpa2", False)
    come(net, VICTIM, "ap1")
    come(net, THIEF, "ap1")
    up = Upstream(net.lab, VICTIM, THIEF, net.station_if)
    liar = Liar(net.mac(THIEF), net.mac(VICTIM), net.addresses(VICTIM),
                net.addresses(THIEF)[0])
    result = up.under(list(liar.arps()), 8)
    up.close()
    print(result)
    assert result.taken > 0
