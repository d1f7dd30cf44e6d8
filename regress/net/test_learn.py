# SPDX-License-Identifier: ISC
"""Addresses that no DHCP gave: of hosts that are configured and never ask, and
of stations that kept their leases when all routers lost their tables."""

import shutil
import socket
import time

import pytest

from lab import Network, frames, netns, theft
from lab.byhand import ACK, NAK, ByHand
from lab.netns import PacketSocket
from lab.theft import Ear, MAGIC, WORD
from lab.topology import SERVER4

EXTRA = ["host robot lladdr 02:00:00:00:00:03 address 192.168.44.50",
         "static 192.168.44.200 to 192.168.44.239"]
STATIC = "192.168.44.210"
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
    net.lab.batch("sta4", "addr flush dev eth0 scope global\n")
    net.air.move("sta4", None)


def test_an_address_of_a_static_range_is_proven_and_roams(net):
    use(net, "sta4", STATIC)
    net.air.move("sta4", "r1")
    assert 4.5 < served(net, "sta4", 15) < 9
    net.lab.ping("server", STATIC)
    net.air.move("sta4", "r2")
    assert served(net, "sta4", 6) < 3
    net.lab.ping("server", STATIC)
    assert leased(net, "r1")[STATIC] == net.mac("sta4")
    # DHCP gives no such address.
    net.air.move("sta1", "r1")
    one = ByHand(net, "sta1")
    assert [one.again(a) for a in (STATIC, "192.168.44.211")] == [NAK, NAK]


@pytest.mark.parametrize("where", ["r2", "r1"], ids=["same", "other"])
def test_no_evidence_takes_a_static_address(net, where):
    """Every ARP frame that names it, from another, and the DHCP messages."""
    if net.air.at["sta4"] != "r2":
        net.air.move("sta4", "r2")
    use(net, "sta4", STATIC)
    served(net, "sta4", 15)
    net.air.move("sta2", where)
    thief = net.mac("sta2")
    victim = theft.Victim(net.mac("sta4"), STATIC, "2001:db8::1", "fe80::1")
    ears = {sta: Ear(net, sta) for sta in ("sta2", "sta4")}
    raw = PacketSocket(net.lab.ns_name("sta2"), net.station_if)
    with netns.inside(net.lab.ns_name("server")):
        out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sent = 0
    rows = [(0.02, r) for r in theft.arps(thief, victim)] \
        + [(0.2, r) for r in theft.dhcps(thief, victim)] \
        + [(0.02, r) for r in theft.arps(thief, victim)]
    try:
        for pause, (what, frame) in rows:
            raw.send(frame)
            time.sleep(pause)
            for _ in range(10):
                out.sendto(MAGIC.pack(WORD, sent), (STATIC, 9))
                sent += 1
            net.lab.wait(lambda: len(ears["sta4"].listen()) == sent,
                         f"{what}: all at its station", 3, 0.005)
            assert not ears["sta2"].listen(), what
        time.sleep(8)           # what a proof would take
        out.sendto(MAGIC.pack(WORD, sent), (STATIC, 9))
        net.lab.wait(lambda: sent in ears["sta4"].listen(), "the last", 3)
        assert not ears["sta2"].listen()
    finally:
        for sock in (*ears.values(), raw, out):
            sock.close()
    assert leased(net, "r1")[STATIC] == net.mac("sta4")


def conflict(net, station, addr):
    """Whether an RFC 5227 probe for the address is answered."""
    with netns.inside(net.lab.ns_name(station)):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(0x0806))
        sock.bind((net.station_if, 0x0806))
    sock.settimeout(0.5)
    try:
        sock.send(frames.arp(net.mac(station), 1, "0.0.0.0", addr))
        while True:
            frame = sock.recv(128)
            if frame[20:22] == b"\0\2" and \
                    frame[28:32] == socket.inet_aton(addr):
                return True
    except TimeoutError:
        return False
    finally:
        sock.close()


def test_who_asks_whether_an_address_is_free_is_told(net):
    """With the netmask of 32, by which nothing else is answered."""
    use(net, "sta3", "192.168.44.50")
    net.air.move("sta3", "r2")
    served(net, "sta3", 10)
    net.air.move("sta2", "r1")
    assert conflict(net, "sta2", "192.168.44.50")
    assert not conflict(net, "sta2", "192.168.44.51")
    assert not conflict(net, "sta3", "192.168.44.50")
    net.air.move("sta3", None, "replug")
    net.lab.wait(lambda: not net.daemons["r2"].has_station_here(
        net.mac("sta3")), "it is nowhere", 10)
    assert conflict(net, "sta2", "192.168.44.50")


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
    net.air.move("sta3", "r2", "replug")
    use(net, "sta3", "192.168.44.50")
    for sta in ("sta1", "sta2", "sta3"):
        served(net, sta, 10)
    power_cut(net)
    begin = time.monotonic()
    took = {}
    while len(took) < 3 and time.monotonic() - begin < 60:
        # It asks for the gateway, as it would within 45 s anyway.
        net.lab.ip("sta2", "neigh", "flush", "dev", "eth0")
        for sta in {"sta1", "sta2", "sta3"} - set(took):
            if "1 received" in net.lab.run("ping", "-c1", "-W1", SERVER4,
                                           ns=sta, check=False):
                took[sta] = time.monotonic() - begin
    assert took["sta1"] < 10 and took["sta3"] < 10
    assert took["sta2"] < 15
    net.wait_peers()
    got = leased(net, "r2")
    assert [got[a] for a in (one, two)] == [net.mac("sta1"), net.mac("sta2")]
    assert linux.again(two) == ACK


def test_a_silent_host_is_asked_after_a_start(net):
    """It answers and says nothing else; the bridge does not know it."""
    net.lab.sysctl("sta3", net__ipv6__conf__eth0__disable_ipv6=1)
    net.air.move("sta3", "r2", "replug")
    use(net, "sta3", "192.168.44.50")
    served(net, "sta3", 10)
    power_cut(net)
    begin = time.monotonic()
    net.lab.ping("server", "192.168.44.50", 15)
    assert time.monotonic() - begin < 12
    assert net.daemons["r2"].has_station_here(net.mac("sta3"))
