# SPDX-License-Identifier: ISC
"""A thief at one port asks for addresses in the names of ever new stations:
others, at another port of the router and at another router, get theirs."""

import socket
import struct

import pytest

from lab import Network, frames, netns, starver
from lab.daemon import LLADDR

PREFIX = "192.168.44"
SIZE = 256
KEPT = SIZE // 4                        # by one port: limit share 75
ROUNDS = 3


def discover(number):
    mac = "06:02" + "".join(f":{o:02x}" for o in struct.pack("!I", number))
    return frames.ipv4_udp(mac, frames.bootp(mac, b"\x35\x01\x01\xff"), 68,
                           67, dst=LLADDR)


def outright(number):
    """A request of the address that its number names."""
    return starver.request(number << 16 | 44 << 8 | number % SIZE,
                           "192.168", LLADDR)


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=2)
    net.up(extra=["limit leases 1000"])
    lab = net.lab
    lab.add_ns("thief")
    lab.veth("r1", "p-thief", "thief", "eth0")
    lab.batch("r1", "link set p-thief master roam0\nlink set p-thief up\n")
    lab.batch("thief", "link set eth0 up\n")
    with netns.inside(lab.ns_name("thief")):
        net.thief = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        net.thief.bind(("eth0", 0))
    lab.closers.append(net.thief.close)
    return net


def leases(daemon):
    return daemon.show("status")["leases_ipv4"]


def test_a_thief_at_one_port_leaves_addresses_for_others(net):
    r1, r2 = net.daemons["r1"], net.daemons["r2"]
    for number in range(1, ROUNDS * SIZE):
        net.thief.send(outright(number))
        net.lab.wait(lambda n=number: r1.show("interfaces")[0]["dhcp"] >= n
                     or n % 32, "it is read", 5, 0.01)
    net.lab.wait(lambda: r1.show("status")["pool_kept"] > 0, "refused", 5)
    assert SIZE - KEPT - 8 <= leases(r1) <= SIZE - KEPT
    # An offer costs no lease, and keeps an address for a while.
    for number in range(10000, 10000 + SIZE):
        net.thief.send(discover(number))
    net.lab.wait(lambda: leases(r2) == leases(r1), "flooded", 5)
    for sta, router in (("sta1", "r1"), ("sta2", "r2")):
        net.air.move(sta, router)
        net.client(sta, "udhcpc")
    for sta in ("sta1", "sta2"):
        assert net.wait_addresses(sta, 15)[0].startswith(PREFIX)
    assert "is kept for others" in r1.log()
    assert "kept" in r1.ctl("show", "status")
