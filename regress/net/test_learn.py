# SPDX-License-Identifier: ISC
"""Addresses that no DHCP gave: of hosts that are configured and never ask, and
of stations that kept their leases when all routers lost their tables."""

import shutil
import time

import pytest

from lab import Network
from lab.byhand import ACK, ByHand
from lab.topology import SERVER4

EXTRA = ["host robot lladdr 02:00:00:00:00:03 address 192.168.44.50"]
LINUX = bytes.fromhex("ff0102030405")


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=4).up(extra=EXTRA)
    return net


def use(net, station, addr):
    net.lab.batch(station, "addr flush dev eth0 scope global\n"
                  f"addr replace {addr}/32 dev eth0\n"
                  "route replace 192.168.44.1 dev eth0\n"
                  "route replace default via 192.168.44.1\n")


def served(net, station, timeout):
    """Seconds until its IPv4 flows."""
    begin = time.monotonic()
    net.lab.wait(lambda: "1 received" in net.lab.run(
        "ping", "-c1", "-W1", SERVER4, ns=station, check=False),
        f"{station}: IPv4", timeout, 0.05)
    return time.monotonic() - begin


def leased(net, router):
    return {r["prefix"].split("/")[0]: r["mac"]
            for r in net.daemons[router].show("leases")
            if r["state"] == "valid"}


def test_a_configured_host_that_never_asks_is_served(net):
    """A robot with an address of its own: at once, also after a roam."""
    use(net, "sta3", "192.168.44.50")
    net.air.move("sta3", "r1")
    assert served(net, "sta3", 6) < 3
    net.lab.ping("server", "192.168.44.50")
    net.air.move("sta3", "r2")
    assert served(net, "sta3", 6) < 3
    assert leased(net, "r1")["192.168.44.50"] == net.mac("sta3")
    # What it may not have it does not get.
    use(net, "sta4", "192.168.44.50")
    net.air.move("sta4", "r1")
    net.lab.run("ping", "-c3", "-W1", SERVER4, ns="sta4", check=False)
    assert leased(net, "r1")["192.168.44.50"] == net.mac("sta3")
    net.lab.ping("server", "192.168.44.50")
    net.air.move("sta4", None)


def power_cut(net):
    """Tables, routes and bridges have forgotten everything."""
    everyone = ["core"] + net.routers
    for r in everyone:
        net.daemons[r].stop()
    for r in everyone:
        net.daemons[r].remove()
        shutil.rmtree(net.daemons[r].conf.state, ignore_errors=True)
    for r in net.routers:
        net.lab.ip(r, "link", "set", "roam0", "type", "bridge", "fdb_flush")
        assert "192.168.44." not in net.lab.run(
            "ip", "-n", net.lab.ns_name(r), "route", "show", "table", "44")
    for r in everyone:
        net.daemons[r].start(wait=False)
    for r in everyone:
        net.daemons[r].wait_up()


def test_after_a_power_cut_stations_have_what_they_kept(net):
    """None of them asks by DHCP; the identifier of one is in no ARP packet."""
    net.air.move("sta1", "r1")
    net.client("sta1", "udhcpc")
    one = net.wait_addresses("sta1")[0]
    net.air.move("sta2", "r2")
    linux = ByHand(net, "sta2", LINUX)
    two = linux.lease()
    use(net, "sta2", two)
    for sta in ("sta1", "sta2", "sta3"):
        served(net, sta, 10)
    power_cut(net)
    begin = time.monotonic()
    took = {}
    while len(took) < 3 and time.monotonic() - begin < 60:
        for sta in {"sta1", "sta2", "sta3"} - set(took):
            if "1 received" in net.lab.run("ping", "-c1", "-W1", SERVER4,
                                           ns=sta, check=False):
                took[sta] = time.monotonic() - begin
    print(took)
    assert took["sta1"] < 10 and took["sta3"] < 10
    assert "sta2" in took
    net.wait_peers()
    got = leased(net, "r2")
    assert [got[a] for a in (one, two)] == [net.mac("sta1"), net.mac("sta2")]
    assert linux.again(two) == ACK
