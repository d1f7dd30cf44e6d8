# SPDX-License-Identifier: ISC
"""A crowd: a thousand stations on one port ask for an address in the same
instant, and nothing of what they say is thrown away."""

import pytest

from lab import Network
from lab.leasers import Crowd

STATIONS = 1000
POOL = "10.45.0.0/16"
TAKEN = ("ifindex", "dhcp", "dhcp6", "solicits", "arps", "neighbours", "sent")


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=1, stations=0, igp=None)
    net.start("r1", peers=[], extra=[f"prefix {POOL}",
                                     f"limit leases {STATIONS}"])
    lab = net.lab
    lab.add_ns("crowd")
    lab.veth("r1", "p-crowd", "crowd", "eth0")
    lab.batch("r1", "link set p-crowd master roam0\nlink set p-crowd up\n")
    lab.batch("crowd", "link set eth0 up\n")
    net.crowd = Crowd(lab, "crowd", "eth0", 0, STATIONS)
    return net


def interface(net):
    return net.daemons["r1"].show("interfaces")[0]


def refused(net):
    """All that is counted and neither taken nor sent."""
    return {k: v for k, v in interface(net).items() if k not in TAKEN
            and type(v) is int and v != 0}


def test_stations_that_are_new_have_leases_and_nothing_is_dropped(net):
    crowd, before = net.crowd, interface(net)["dhcp"]
    assert crowd.lease(30) == STATIONS
    assert len(set(crowd.addr.values())) == STATIONS
    assert refused(net) == {}
    assert interface(net)["dhcp"] - before == crowd.sent


def test_stations_that_have_leases_are_served_with_the_default_limits(net):
    """As after a power cut: by a frontend that has never heard of them."""
    d, crowd = net.daemons["r1"], net.crowd
    d.conf.extra.pop()
    d.stop()
    d.start()
    net.lab.wait(lambda: d.show("status")["settled"], "settled", 30)
    crowd.sent = 0
    assert crowd.renew(30) == STATIONS
    assert refused(net) == {}
    assert interface(net)["dhcp"] == crowd.sent
    assert crowd.naks == 0
