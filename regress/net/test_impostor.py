# SPDX-License-Identifier: ISC
"""Who plays the gateway takes nothing that other stations send: where the
ports of the bridge are isolated, or etc/sroamd.nft is loaded, or a switch
before an interface without a bridge isolates its ports."""

import os
import time

import pytest

from lab import Network
from lab.air import Air
from lab.daemon import GATEWAY4, LLADDR
from lab.fixtures import in_pairs, opened
from lab.igp import ROOT
from lab.impostor import Liar, Upstream, answer_dhcp, nobody_is_fooled

RULES = os.path.join(ROOT, "etc", "sroamd.nft")
VICTIM, THIEF = "sta1", "sta2"


class Switched(Network):
    """Each router has an interface, lan, without a bridge; it leads to a
    switch, whose ports are the stations'."""

    def links_of_stations(self):
        for r in self.routers:
            self.lab.add_ns("w" + r)
            self.lab.veth("w" + r, "uplink", r, "lan")
            self.lab.batch("w" + r, "link add roam0 type bridge "
                           "mcast_snooping 0\nlink set roam0 up\n"
                           "link set uplink master roam0 up\n")
            self.lab.ip(r, "link", "set", "lan", "up")
        return Air(self.lab, ["w" + r for r in self.routers], self.stations)

    def at(self, router):
        return "w" + router

    def begin(self):
        self.wait_igp()
        self.start("core")
        self.start(*self.routers, iface="lan", stations="packets")
        self.wait_peers()
        return self


class Bridged(Network):
    def at(self, router):
        return router

    def begin(self):
        return self.up()


def isolate(net, how, on):
    """All ports of stations: in the router's bridge, or in the switch."""
    for r in net.routers:
        for sta in net.stations:
            net.lab.run("bridge", "link", "set", "dev", "p-" + sta,
                        "isolated", "on" if on else "off", ns=net.at(r))
        if how == "switch":     # its table of addresses learns not this one
            net.lab.run("bridge", "fdb", "replace", LLADDR, "dev", "uplink",
                        "master", "static", "sticky", ns=net.at(r))


def rules(net, on):
    for r in net.routers:
        net.lab.run("nft", "-f", RULES, ns=r)
        if not on:
            net.lab.run("nft", "delete", "table", "bridge", "sroamd", ns=r)


def prepare(net, how):
    isolate(net, how, how in ("isolated", "switch"))
    rules(net, how == "rules")


@pytest.fixture(scope="module")
def bridged(module_lab):
    return ready(Bridged(module_lab, routers=2, stations=2))


@pytest.fixture(scope="module")
def switched():
    for lab in opened("w"):
        yield ready(Switched(lab, routers=2, stations=2))


def ready(net):
    net.begin()
    for sta in net.stations:
        net.join(sta, net.at("r1"))
    return net


@pytest.fixture
def net(request, how):
    net = request.getfixturevalue("switched" if how == "switch" else "bridged")
    prepare(net, how)
    return net


def thief_comes(net, where):
    net.air.move(THIEF, net.at(where))
    # It asks for its gateway: behind a switch nothing else tells where it is.
    net.lab.ip(THIEF, "neigh", "flush", "dev", "eth0")
    net.lab.ping(THIEF, GATEWAY4)
    net.lab.wait(lambda: net.daemons[where].has_station_here(net.mac(THIEF)),
                 "the thief is there", 15)
    for addr in net.wait_addresses(THIEF):
        net.lab.ping("server", addr)


def test_ports_that_are_not_isolated_are_named_once(bridged):
    net, daemon = bridged, bridged.daemons["r1"]

    def said(count, wait=False):
        """After a reload, which says nothing new of what it has said."""
        daemon.reload()
        words = "are not isolated"
        if wait:
            net.lab.wait(lambda: daemon.log().count(words) >= count,
                         "rules were looked at", 15, 0.1)
        assert daemon.log().count(words) == count
    rules(net, False)
    isolate(net, "rules", False)
    said(1, wait=True)
    assert "roam0: ports p-sta1 and p-sta2 are not isolated" in daemon.log()
    isolate(net, "rules", True)
    said(1)
    # One that is not may be the way to another switch.
    net.lab.ip("r1", "link", "set", "p-sta2", "type", "bridge_slave",
               "isolated", "off")
    said(1)
    isolate(net, "rules", False)
    said(2)
    # Rules do the same, until they are gone again.
    rules(net, True)
    time.sleep(7)
    said(2)
    rules(net, False)
    said(3, wait=True)


@in_pairs(how=["isolated", "rules", "switch"], where=["r1", "r2"],
          src=["own", "gateway's"])
def test_who_plays_the_gateway_gets_nothing(net, how, where, src):
    thief_comes(net, where)
    nobody_is_fooled(net, VICTIM, THIEF, net.mac(THIEF) if src == "own"
                     else LLADDR)


@pytest.mark.parametrize("how", ["isolated", "rules", "switch"])
def test_who_plays_the_dhcp_server_serves_nobody(net, how):
    thief_comes(net, "r1")
    addr = net.addresses(VICTIM)[0]
    told = answer_dhcp(net, VICTIM, THIEF, net.mac(THIEF))
    assert told.count("bound " + addr) == 3 and "10.66.0.66" not in told


@pytest.mark.parametrize("how", ["nothing"])
def test_without_either_these_frames_take_what_they_can(net, how):
    """So they are the ones that matter; not those of another router."""
    thief_comes(net, "r2")
    nobody_is_fooled(net, VICTIM, THIEF, net.mac(THIEF))
    thief_comes(net, "r1")
    liar = Liar(net.mac(THIEF), net.mac(VICTIM), net.addresses(VICTIM),
                net.addresses(THIEF)[0])
    for make in (liar.arps, liar.neighbours, liar.adverts, liar.redirects):
        up = Upstream(net.lab, VICTIM, THIEF)
        result = up.under(list(make()), 8)
        up.close()
        print(make.__name__, result)
        assert result.taken or result.lost, make.__name__
        # It begins anew, without what it has believed.
        net.lab.batch(VICTIM, "link set eth0 down\nlink set eth0 up\n")
        net.clients[VICTIM].kick()
        net.wait_addresses(VICTIM)
    # Who of two DHCP servers is taken is a matter of which is the quicker.
    told = list(liar.servers())
    up = Upstream(net.lab, VICTIM, THIEF)
    assert up.under(told, 8).arrived == {what for what, _frame in told}
    up.close()
