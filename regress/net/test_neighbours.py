# SPDX-License-Identifier: ISC
"""Whose an address is, is what the lease says: no frame of another station
at the same router, with its own MAC address, takes a packet away."""

import re
import struct

import pytest

from lab import Network, frames
from lab.frames import in6, mac
from lab.netns import PacketSocket
from lab.topology import SERVER6

GATEWAY, GATEWAY4, GATEWAY6 = "02:00:5e:00:53:44", "192.168.44.1", "fe80::44"
BROADCAST, NOBODY = "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"
ALL_NODES, ALL_ROUTERS = "ff02::1", "ff02::2"
FIXED = "192.168.44.33"


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=2).up()
    net.addrs_sta = {sta: net.join(sta, "r1") for sta in net.stations}
    return net


def entry(net, addr, router="r1"):
    return net.lab.run("ip", "neigh", "show", "to", addr, "dev", "roam0",
                       ns=router).strip()


def wait_entry(net, addr, station, router="r1"):
    """It stands, and nothing that is heard may change it."""
    def stands():
        text = entry(net, addr, router)
        return f"lladdr {net.mac(station)}" in text and \
            "PERMANENT" in text and text
    return net.lab.wait(stands, f"{router}: {addr} is {station}'s", 15)


def wait_no_entry(net, addr, router):
    net.lab.wait(lambda: not entry(net, addr, router),
                 f"{router}: no entry of {addr}", 15)


def linklocal(net, station):
    return net.lab.wait(lambda: next((
        a["local"] for link in net.lab.ip_json(
            station, "-6", "addr", "show", "dev", "eth0")
        for a in link.get("addr_info", ()) if a["scope"] == "link"), None),
        f"{station}: a link-local address")


def arps(thief, victim):
    """Every frame that says that it is at thief, or asks in its name."""
    for dst in (BROADCAST, GATEWAY):
        for op in (1, 2):
            for target, target_mac in (
                    (GATEWAY4, GATEWAY), (GATEWAY4, NOBODY),
                    (victim, NOBODY),       # announcement
                    (victim, thief),        # gratuitous
                    (victim, BROADCAST)):
                yield (f"ARP {op} to {dst} for {target} {target_mac}",
                       frames.arp(thief, op, victim, target, dst, target_mac))
        yield (f"ARP probe to {dst}",
               frames.arp(thief, 1, "0.0.0.0", victim, dst))


def nds(thief, victim):
    """Likewise; kinds of RFC 4861 that name a link-layer address."""
    own, its = b"\1\1" + mac(thief), b"\2\1" + mac(thief)

    def to(body, daddr, dst):
        return frames.icmp6(thief, body, victim, daddr, dst=dst)
    for flags in range(8):      # router, solicited, override
        body = b"\x88\0\0\0" + struct.pack("!I", flags << 29) + in6(victim)
        yield (f"NA {flags} to all", to(body + its, ALL_NODES,
                                        "33:33:00:00:00:01"))
        yield f"NA {flags} to us", to(body + its, GATEWAY6, GATEWAY)
        yield f"NA {flags} without", to(body, GATEWAY6, GATEWAY)
    for target in (GATEWAY6, victim):
        body = b"\x87\0\0\0" + bytes(4) + in6(target) + own
        yield f"NS for {target} to us", to(body, GATEWAY6, GATEWAY)
        last = in6(target)[13:]
        yield (f"NS for {target} to its group", to(
            body, "ff02::1:ff%02x:%02x%02x" % tuple(last),
            "33:33:ff:%02x:%02x:%02x" % tuple(last)))
    for daddr, dst in ((ALL_ROUTERS, "33:33:00:00:00:02"),
                       (GATEWAY6, GATEWAY)):
        yield (f"RS to {daddr}", to(b"\x85\0\0\0" + bytes(4) + own, daddr,
                                    dst))
    for kind in (b"\x86\0\0\0\x40\0\x07\x08" + bytes(8),
                 b"\x89\0\0\0" + bytes(4) + in6(victim) + in6(victim)):
        yield (f"type {kind[0]}", to(kind + own, ALL_NODES,
                                     "33:33:00:00:00:01"))


def lost(net, addr, count=3):
    out = net.lab.run("ping", "-n", "-q", "-c", str(count), "-i", "0.02",
                      "-W", "2", addr, ns="server", check=False)
    return count - int(re.search(r"(\d+) received", out).group(1))


@pytest.mark.parametrize("kind", ["IPv4", "IPv6", "link-local"])
def test_no_frame_of_another_station_takes_an_address(net, kind):
    v4, v6 = net.addrs_sta["sta1"]
    addr, to = {"IPv4": (v4, v4), "IPv6": (v6, v6),
                "link-local": (linklocal(net, "sta1"), v6)}[kind]
    net.lab.ping("server", to)
    # Its question for the gateway names the address that it speaks from.
    net.lab.ip("sta1", "neigh", "flush", "dev", "eth0")
    net.lab.ping("sta1", {"IPv4": GATEWAY4, "IPv6": SERVER6,
                          "link-local": f"{GATEWAY6}%eth0"}[kind])
    before = wait_entry(net, addr, "sta1")
    attack = PacketSocket(net.lab.ns_name("sta2"), "eth0")
    make = arps if kind == "IPv4" else nds
    for what, frame in make(net.mac("sta2"), addr):
        attack.send(frame)
        assert lost(net, to) == 0, what
        assert entry(net, addr) == before, what
    attack.close()
    assert net.addresses("sta1") == (v4, v6)


def test_entries_go_with_the_station_and_with_its_lease(net):
    v4, v6 = net.addrs_sta["sta1"]
    way = linklocal(net, "sta1")
    for old, new in (("r1", "r2"), ("r2", "r1")):
        net.air.move("sta1", new)
        for addr in (v4, way):
            wait_entry(net, addr, "sta1", new)
        for addr in (v4, v6, way):
            wait_no_entry(net, addr, old)
        assert lost(net, v4) == lost(net, v6) == 0
    net.clients["sta1"].release_lease()
    wait_no_entry(net, v4, "r1")
    net.clients["sta1"].again()
    assert net.wait_addresses("sta1") == (v4, v6)
    wait_entry(net, v4, "sta1")
    net.air.move("sta1", None, "replug")
    for addr in (v4, v6, way):
        wait_no_entry(net, addr, "r1")
    net.air.move("sta1", "r1", "replug")
    wait_entry(net, v4, "sta1")


def test_an_address_that_becomes_anothers_is_its_own(net):
    """Two stations that have it in turn, as the configuration says."""
    for sta, other in (("sta1", "sta2"), ("sta2", "sta1"), ("sta1", "sta2")):
        for peer in net.daemons.values():
            peer.conf.extra = [
                f"host fixed lladdr {net.mac(sta)} address {FIXED}"]
            peer.reload()
        for each in (other, sta):
            net.clients[each].release_lease()
            net.lab.wait(lambda s=each: net.addresses(s)[0] is None,
                         f"{each} has none")
        # It is asked for first: a RELEASE may be forged.
        net.lab.wait(lambda: not any(
            x["prefix"] == FIXED + "/32" and x["state"] == "valid"
            for x in net.daemons["r1"].show("leases")),
            f"{FIXED} is nobody's")
        net.clients[sta].again()
        net.lab.wait(lambda s=sta: net.addresses(s)[0] == FIXED,
                     f"{sta} has it", 20)
        wait_entry(net, FIXED, sta)
        net.lab.ping("server", FIXED)
        assert lost(net, FIXED) == 0
        net.clients[other].again()
        net.lab.wait(lambda s=other: net.addresses(s)[0], f"{other} has one",
                     20)
