# SPDX-License-Identifier: ISC
"""A member of the network that does what it likes: one stolen access point
must not own the others."""

import struct
import time

import pytest

from lab import v2
from lab.peer2 import ROUTER_TIME
from lab.place import STRANGER, opened_place
from lab.rtnl import Kernel

EVIL = "10.1.2.2"
MANY = 33500


@pytest.fixture(scope="module")
def place():
    yield from opened_place("psk")


@pytest.fixture(autouse=True)
def no_node_stays(place):
    yield
    for n in place.nodes:
        n.die()
    place.nodes.clear()
    place.wait(lambda: len(place.core.show("peers")) == 1, "only r1", 20)


def send(node, *updates):
    data = b"".join(updates)
    node.do(lambda: node.router.sessions[0].send(data))


def router_update(ident, seqno, value):
    return v2.update(v2.router(ident), value, seqno, ROUTER_TIME, 0)


def says_evil(identity, seqno):
    return v2.router_value(identity, seqno, 1, "evil", addrs4=[EVIL])


def shown(daemon, ident):
    return next((r for r in daemon.show("routers")
                 if r["router_id"] == ident), None)


class Looks:
    """How r1 is reached from core: as it says, and as the kernel has it."""

    def __init__(self, place):
        self.place = place
        self.rtnl = Kernel(place.lab.ns_name("core"))
        self.ident = place.r1.show("status")["router_id"]
        self.true = self.look()

    def look(self):
        r = shown(self.place.core, self.ident)
        return (r["address_ipv4"], r["address_ipv6"], r["fingerprint"],
                sorted(n[1:] for n in self.rtnl.nexthops().values()))


def test_it_moves_no_other_routers_next_hop(place):
    """Each forgery that there is, 5 and then 50 times a second."""
    n = place.up(place.node())
    looks = Looks(place)
    ident = v2.mac_octets(looks.ident)
    recorded = place.wait(lambda: n.get(v2.router(ident)), "r1's datum")
    signed = v2.router_fields(recorded[1])
    other = v2.Identity(bytes([9] * 32))
    seqno = recorded[0]

    def forged(i):
        seqno = recorded[0] + 1000 + i
        value = says_evil(other, seqno)
        own_key = value.replace(other.public, signed[v2.PUBLIC])
        return [router_update(ident, seqno, value),     # another's key
                router_update(ident, seqno, own_key),   # and its signature
                router_update(ident, seqno, recorded[1]),   # another seqno
                router_update(ident, seqno, recorded[1][:-66]),
                router_update(ident, 2 ** 64 - 1, own_key)]
    before = place.core.show("status")["routers_forged"]
    for rate, seconds in (5, 4), (50, 4):
        for i in range(rate * seconds):
            send(n, *forged(rate * 1000 + i))
            time.sleep(1 / rate)
            assert looks.look() == looks.true
    assert place.core.show("status")["routers_forged"] > before
    assert "peer 10.1.2.2 port" in place.core.log()
    assert any("refused: a" in line for line in place.core.log().splitlines()
               if "peer 10.1.2.2 port" in line)
    # And r1 itself is still believed.
    place.r1.conf.extra = ["lease time 1801"]
    place.r1.reload()
    place.wait(lambda: shown(place.core, looks.ident)["alike"] == "no",
               "what r1 says")
    # What r1 has said before moves nothing back.
    for old in recorded[1], recorded[1]:
        send(n, router_update(ident, seqno, old))
    send(n, v2.update(v2.location(STRANGER), b"\x66" * 8, 1, 1000, 0))
    place.wait(lambda: place.at(place.r1, STRANGER) == "66:" * 7 + "66",
               "what followed")
    assert shown(place.core, looks.ident)["alike"] == "no"
    place.r1.conf.extra = []
    place.r1.reload()
    place.wait(lambda: shown(place.core, looks.ident)["alike"] == "yes",
               "what r1 says now")


def test_to_expel_a_member_takes_more_than_to_deny_it(place):
    """Who has the secret makes another key; among known ones it is nobody."""
    n = place.up(place.node())
    known = [f"router {d.show('status')['router_id']}"
             for d in (place.core, place.r1)]
    try:
        place.core.conf.extra = [f"deny router {n.id}"]
        place.core.reload()
        place.wait(lambda: any("refused: 01" in str(w) for w in n.ended),
                   "a refusal")
        n.die()
        again = place.up(place.node(bytes([5] * 32)))
        place.wait(lambda: shown(place.core, again.id), "it is back")
        place.core.conf.extra = ["routers known"] + known
        place.core.reload()
        place.wait(lambda: any("refused: 02" in str(w) for w in again.ended),
                   "a refusal of who is not known")
        assert not shown(place.core, again.id)
        assert shown(place.core, place.r1.show("status")["router_id"])
        again.die()
        third = place.node(bytes([6] * 32))
        place.wait(lambda: any("refused: 02" in str(w) for w in third.ended),
                   "a refusal of a third key")
        assert "is not a known router" in place.core.log()
    finally:
        place.core.conf.extra = []
        place.core.reload()


def test_it_claims_stations_for_itself_only(place):
    """Claims are not signed: the router that has the station asks it, and who
    is named and does not have it says so."""
    net, r1, core = place.net, place.r1, place.core
    mac = net.mac("sta1")
    net.join("sta1", "r1")
    here = r1.show("status")["router_id"]
    n = place.up(place.node())
    place.wait(lambda: n.get(v2.location(mac)), "its location")
    for who in n.id, core.show("status")["router_id"], "02:" * 7 + "77":
        seqno = n.get(v2.location(mac))[0]
        net.lab.run("ping", "-c", "1", "-W", "1", "192.168.44.1", ns="sta1",
                    check=False)
        send(n, v2.update(v2.location(mac), v2.mac_octets(who), seqno + 1,
                          5400, 0))
        place.wait(lambda s=seqno: n.get(v2.location(mac))[0] > s + 1 and
                   n.get(v2.location(mac))[1].hex(":") == here,
                   f"r1 has it back from {who}", 10)
        place.wait(lambda: r1.has_station_here(mac) and
                   place.at(core, mac) == here, "and all know", 5)


def test_it_says_what_a_network_has_no_use_for(place):
    """Leases outside of its prefixes, keys of none, and that a station of it is
    at a router that does not have it.  All hold the same, and who is named
    says that it is not so."""
    core, r1 = place.core, place.r1
    core.conf.extra = ["network guest { prefix 10.45.0.0/24 }"]
    core.reload()
    try:
        n = place.up(place.node())
        behind = place.up(place.node(bytes([9] * 32), ns="r1", name="behind",
                                     connect=[("127.0.0.1", 4444)]))
        before = core.show("status")["updates_dropped"]
        guest = b"\x10\x05guest"
        keys = [guest + v2.lease4(f"10.99.0.{i}") for i in range(1, 101)]
        keys += [guest + v2.lease4("192.168.44.7"), guest + b"\0\1"]
        at = guest + v2.location(STRANGER)
        send(n, *[v2.update(key, v2.mac_octets(STRANGER), 5, 1000, 0)
                  for key in keys])
        send(n, v2.update(at, v2.mac_octets(r1.show("status")["router_id"]),
                          5, 1000, 0))
        place.wait(lambda: all(behind.get(key) for key in keys),
                   "all of it is behind two routers", 5)
        place.wait(lambda: n.get(at) == (6, b""), "r1 says: nowhere", 10)
        assert core.show("status")["updates_dropped"] == before
        assert not [x for x in core.show("leases") if x["mac"] == STRANGER]
    finally:
        core.conf.extra = []
        core.reload()


def test_it_names_more_routers_than_there_can_be(place):
    """33,500 data of key pairs of its own, all well signed."""
    n = place.up(place.node())
    r1 = place.r1.show("status")["router_id"]
    limit = 4096
    for first in range(0, MANY, 500):
        data = []
        for i in range(first, min(first + 500, MANY)):
            me = v2.Identity(struct.pack(">32x")[:28] + struct.pack(">I", i))
            data.append(router_update(me.id, 1, says_evil(me, 1)))
        assert n.up(), n.ended
        send(n, *data)
        if first % 5000 == 0:
            assert len(place.core.show("routers")) <= limit + 8
    place.core.conf.extra = ["lease time 1802"]
    place.core.reload()
    core = place.core.show("status")["router_id"]
    place.wait(lambda: shown(place.r1, core)["alike"] == "no",
               "r1 hears core meanwhile", 20)
    place.core.conf.extra = []
    place.core.reload()
    for d in place.core, place.r1:
        assert len(d.show("routers")) <= limit + 8
        assert d.show("status")["data"] < limit + 1000
    assert shown(place.core, r1)
    n.die()
    place.wait(lambda: len(place.core.show("peers")) == 1, "it is gone", 20)
    assert shown(place.core, r1) and shown(place.r1, core)
