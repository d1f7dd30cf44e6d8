# SPDX-License-Identifier: ISC
"""Interfaces that go down, vanish and return; FDB events that get lost."""

import time

import pytest

from lab import Network
from lab.topology import SERVER4, SERVER6


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=2)
    net.up(extra=["probe interval 2s"])
    for sta in net.stations:
        net.air.move(sta, "r1")
        net.client(sta, "udhcpc")
    net.addrs_sta = {s: net.wait_addresses(s) for s in net.stations}
    return net


def all_work(net, stations):
    for sta in stations:
        for dst in (SERVER4, SERVER6):
            net.lab.ping(sta, dst, 20)
        for addr in net.addrs_sta[sta]:
            net.lab.ping("server", addr, 20)
        assert net.addresses(sta) == net.addrs_sta[sta]


def test_down_and_up(net):
    all_work(net, net.stations)
    net.lab.ip("r1", "link", "set", "roam0", "down")
    net.lab.wait(lambda: not net.daemons["r1"].has_station_here(
        net.mac("sta1")), "r1 has no station", 5)
    net.lab.ip("r1", "link", "set", "roam0", "up")
    for sta in net.stations:        # they make themselves heard
        net.lab.run("ping", "-c1", "-W1", "192.168.44.1", ns=sta, check=False)
    all_work(net, net.stations)


@pytest.mark.parametrize("what", ["port", "bridge"])
def test_silent_stations_are_asked_when_the_link_returns(net, what):
    """Down for two seconds; nobody but the router says a word then."""
    lab, d = net.lab, net.daemons["r1"]
    all_work(net, net.stations)
    link = "p-sta1" if what == "port" else "roam0"
    lab.ip("r1", "link", "set", link, "down")
    lab.wait(lambda: not d.has_station_here(net.mac("sta1")), "it is gone", 5)
    time.sleep(2)
    lab.ip("r1", "link", "set", link, "up")
    lab.wait(lambda: d.has_station_here(net.mac("sta1")), "it is asked", 5,
             0.01)
    lab.ping("server", net.addrs_sta["sta1"][0], 5)
    if what == "bridge":
        lab.wait(lambda: d.has_station_here(net.mac("sta2")), "both", 5)
    all_work(net, net.stations)


def test_bridge_vanishes_and_returns(net):
    lab = net.lab
    lab.ip("r1", "link", "del", "roam0")
    lab.wait(lambda: not net.daemons["r1"].has_station_here(net.mac("sta1")),
             "r1 has no station", 5)
    lab.batch("r1", "link add roam0 type bridge mcast_snooping 0\n"
              + "".join(f"link set p-{s} master roam0\n"
                        for s in net.stations) + "link set roam0 up\n")
    lab.wait(lambda: "192.168.44.1" in lab.run(
        "ip", "addr", "show", "dev", "roam0", ns="r1"), "gateway address", 5)
    lab.wait(lambda: "02:00:5e:00:53:44" in lab.run(
        "ip", "link", "show", "dev", "roam0", ns="r1"), "shared MAC", 5)
    for sta in net.stations:
        lab.run("ping", "-c1", "-W1", "192.168.44.1", ns=sta, check=False)
    all_work(net, net.stations)


def test_carrier_loss_of_a_port_clears_its_station_only(net):
    net.air.move("sta1", None, "replug")
    net.lab.wait(lambda: not net.daemons["r1"].has_station_here(
        net.mac("sta1")), "sta1 is gone", 5)
    assert net.daemons["r1"].has_station_here(net.mac("sta2"))
    net.air.move("sta1", "r1", "replug")
    net.lab.wait(lambda: net.daemons["r1"].has_station_here(net.mac("sta1")),
                 "sta1 is back", 10)
    all_work(net, net.stations)


def test_a_foreign_hand_on_our_routes_is_put_right(net):
    """Somebody deletes and replaces what is ours."""
    lab, addr = net.lab, net.addrs_sta["sta2"][0]
    lab.run("ip", "route", "flush", "table", "44", ns="core", check=False)
    lab.wait(lambda: addr in lab.run("ip", "route", "show", "table", "44",
                                     ns="core", check=False),
             "the direct route again", 90)


def test_a_station_that_vanishes_silently_is_noticed(net):
    """No carrier loss, no goodbye: probes find out."""
    mac = net.mac("sta2")
    net.air.move("sta2", None, "associate")
    net.lab.wait(lambda: not net.daemons["r1"].has_station_here(mac),
                 "sta2 is noticed gone", 30)
    net.air.move("sta2", "r2", "associate")
    net.lab.wait(lambda: net.daemons["r2"].has_station_here(mac), "at r2", 5)
    all_work(net, ["sta2"])
