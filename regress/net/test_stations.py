# SPDX-License-Identifier: ISC
"""Stations as they ship: every client keeps its address at every router."""

import pytest

from lab import Network
from lab.topology import SERVER4, SERVER6


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=3, stations=4).up()
    for sta in net.stations:
        net.air.move(sta, "r1")
    net.client("sta1", "udhcpc")
    net.client("sta2", "dhclient")
    net.client("sta3", "dhcpcd")
    # The fourth takes IPv6 by dhcpcd's own RS and SLAAC, too.
    net.lab.sysctl("sta4", net__ipv6__conf__eth0__accept_ra=0)
    net.client("sta4", "dhcpcd", ipv6=True)
    return net


STATIONS = ["sta1", "sta2", "sta3", "sta4"]
IDS = ["udhcpc", "dhclient", "dhcpcd", "dhcpcd-ipv6"]


@pytest.mark.parametrize("sta", STATIONS, ids=IDS)
def test_gets_one_ipv4_address_and_a_prefix_of_its_own(net, sta):
    v4, v6 = net.wait_addresses(sta, 30)
    assert v4.startswith("192.168.44.")
    assert v4 not in ("192.168.44.0", "192.168.44.1", "192.168.44.255")
    assert v6.startswith("2001:db8:44")
    net.lab.ping(sta, SERVER4)
    net.lab.ping(sta, SERVER6)
    others = [net.addresses(s) for s in STATIONS if s != sta]
    assert v4 not in [o[0] for o in others]
    assert v6.split(":")[:4] not in [o[1].split(":")[:4] for o in others
                                     if o[1]]


@pytest.mark.parametrize("sta", STATIONS, ids=IDS)
@pytest.mark.parametrize("how", ["associate", "replug"])
def test_keeps_its_addresses_at_every_router_and_back(net, sta, how):
    before = net.wait_addresses(sta, 30)
    for router in ("r2", "r3", "r1"):
        net.air.move(sta, router, how)
        net.lab.wait(lambda r=router: net.daemons[r].has_station_here(
            net.mac(sta)), f"{sta} is at {router}")
        for dst in (SERVER4, SERVER6):
            net.lab.ping(sta, dst)
        for addr in before:
            net.lab.ping("server", addr)
        assert net.addresses(sta) == before


@pytest.mark.parametrize("sta,mark", [
    ("sta1", "\nrenew "), ("sta3", "acknowledged")], ids=["udhcpc", "dhcpcd"])
def test_renews_at_a_router_that_did_not_give_the_lease(net, sta, mark):
    before = net.wait_addresses(sta, 30)
    client = net.clients[sta]
    net.air.move(sta, "r2")
    net.lab.ping(sta, SERVER4)
    said = client.proc.text().count(mark)
    client.kick()
    net.lab.wait(lambda: client.proc.text().count(mark) > said,
                 f"{sta} renews", 15)
    net.lab.ping(sta, SERVER4)
    assert net.addresses(sta) == before


def test_only_the_router_it_is_at_has_the_station(net):
    mac = net.mac("sta2")
    net.air.move("sta2", "r3")
    for ns, here in (("r3", True), ("r1", False), ("r2", False),
                     ("core", False)):
        net.lab.wait(lambda ns=ns, here=here: (
            net.daemons[ns].station(mac) or {}).get("here") == here,
            f"{ns}: sta2 here is {here}")
        net.lab.wait(lambda ns=ns: "r3" in str(net.daemons[ns].station(mac)),
                     f"{ns} says that sta2 is at r3")


def test_a_released_address_comes_back_to_the_same_station(net):
    before = net.wait_addresses("sta1")
    client = net.clients["sta1"]
    client.release_lease()
    net.lab.wait(lambda: net.addresses("sta1")[0] is None, "released")
    client.kick()
    assert net.wait_addresses("sta1")[0] == before[0]
