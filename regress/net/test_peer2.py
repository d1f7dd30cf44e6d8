# SPDX-License-Identifier: ISC
"""Beside a router of version 2 that was written from sroam-flood(7) alone:
without TLS, with certificates, and with a secret."""

import base64
import os
import random
import struct

import pytest

from lab import v2
from lab.byhand import ACK, NAK, ByHand
from lab.peer2 import ROUTER_TIME
from lab.place import CORE, OURS, PEER1, STRANGER, opened_place

COUNT = 300         # data on each side of a synchronisation


@pytest.fixture(scope="module", params=["clear", "certificates", "psk"])
def place(request):
    yield from opened_place(request.param)


@pytest.fixture(autouse=True)
def no_node_stays(place):
    yield
    for n in place.nodes:
        n.die()
    place.nodes.clear()
    place.wait(lambda: len(place.core.show("peers")) == 1, "only r1", 20)


def routers(daemon):
    return {r["router_id"]: r for r in daemon.show("routers")}


def fingerprint(node):
    mark = v2.fingerprint(node.router.identity.public)
    return "SHA256:" + base64.b64encode(mark).decode().rstrip("=")


def leases(daemon):
    return {rec["prefix"].split("/")[0]: rec for rec in daemon.show("leases")
            if rec["state"] == "valid"}


def some_leases(first, count, seqno=1):
    dice = random.Random(first)
    return [(v2.lease6(f"2001:db8:44:{i:x}::"), b"\2" + dice.randbytes(5),
             seqno) for i in range(first, first + count)]


def test_it_joins_and_both_know_each_others_routers(place):
    n = place.up(place.node())
    for d in (place.core, place.r1):
        got = place.wait(lambda d=d: routers(d).get(n.id), "its router")
        assert got["router"] == "peer2" and got["address_ipv4"] == OURS
        assert got["hops"] == (1 if d is place.core else 2)
        assert got["fingerprint"] == fingerprint(n)
    for d in (place.core, place.r1):
        ident = v2.mac_octets(d.show("status")["router_id"])
        place.wait(lambda i=ident: n.get(v2.router(i)), "a daemon's router")
    assert not any("router" in why for why in n.router.counts)


def test_the_session_lasts(place):
    n = place.up(place.node())
    before = list(n.ended)
    place.wait(lambda: any(p["since_seconds"] >= 70 and p["router_id"] == n.id
                           for p in place.core.show("peers")),
               "a session of 70 s", 90)
    assert n.ended == before


def test_whose_session_it_is_has_to_be_proven(place):
    if place.how == "clear":
        pytest.skip("without TLS nothing is proven")
    n = place.node(connect=[])
    sign = n.router.identity.sign
    n.router.identity.sign = lambda text: sign(
        text + b"x" if text.startswith(b"sroam session") else text)
    n.targets.append((CORE, 4444))
    place.wait(lambda: any("04" in str(why) for why in n.ended),
               "a refusal of code 4")
    assert not any(p["router_id"] == n.id and p["state"] == "up"
                   for p in place.core.show("peers"))


def test_a_router_that_becomes_denied_is_told_so(place):
    n = place.up(place.node())
    place.wait(lambda: n.id in routers(place.r1), "its router")
    place.core.conf.extra = [f"deny router {n.id}"]
    try:
        place.core.reload()
        place.wait(lambda: any("refused: 01" in str(w) for w in n.ended),
                   "a refusal of code 1")
        assert n.id not in routers(place.core)
    finally:
        place.core.conf.extra = []
        place.core.reload()
    place.wait(lambda: n.up(), "a session again", 40)


def test_who_has_the_key_of_another_is_its_clone(place):
    """Both refuse.  If they have proven it, the greater run, which is core's,
    goes on; else anybody could have said so."""
    path = os.path.join(place.core.conf.state, "identity")
    with open(path, "rb") as f:
        n = place.node(f.read(), run=1)
    assert n.id == place.core.show("status")["router_id"]
    place.wait(lambda: place.core.log().count("has our identity") >= 3,
               "core refuses")
    goes_on = "this one goes on" in place.core.log()
    assert n.router.is_clone == goes_on == (place.how != "clear")
    assert not n.up()


@pytest.mark.parametrize("opens,depth", [
    ("it", 1), ("it", 2), ("it", 4), ("core", 1), ("core", 3)])
def test_both_find_what_they_lack(place, opens, depth):
    """The daemons have data, of which a node knows a half; the node has
    others."""
    if place.how != "clear" and depth != 1:
        pytest.skip("digests know nothing of TLS")
    first = 0x1000 * (depth + 8 * (opens == "core"))
    old = some_leases(first, COUNT)
    new = some_leases(first + COUNT, COUNT)
    newer = some_leases(first, COUNT // 4, seqno=2)
    one = place.up(place.node(bytes([1] * 32), old))
    place.wait(lambda: set(names(old)) <= set(leases(place.r1)),
               "the daemons have them", 60)
    one.die()
    place.wait(lambda: len(place.core.show("peers")) == 1, "it is gone", 20)
    kw = {}
    if opens == "core":
        kw["listen"] = OURS
        place.core.conf.peers.append(OURS)
    n = place.node(data=newer + old[COUNT // 2:] + new, depth=depth, **kw)
    try:
        if opens == "core":
            place.core.reload()
        place.up(n)
        place.wait(lambda: all(n.get(k) == (s, v) for k, v, s in
                               newer + old[COUNT // 4:]), "all at the node")
        place.wait(lambda: set(names(old + new)) <= set(leases(place.r1)),
                   "all at r1", 60)
        assert leases(place.r1)[names(newer)[0]]["mac"] == \
            newer[0][1].hex(":")
    finally:
        if opens == "core":
            place.core.conf.peers.remove(OURS)
            place.core.reload()


def names(data):
    return [f"2001:db8:44:{struct.unpack('>H', key[7:9])[0]:x}::"
            for key, _value, _seqno in data]


def test_a_station_roams_to_it_and_back(place):
    net, r1 = place.net, place.r1
    n = place.up(place.node())
    mac = net.mac("sta1")
    key = v2.location(mac)
    ident = r1.show("status")["router_id"]
    net.air.move("sta1", "r1")
    if "sta1" not in net.clients:
        net.client("sta1", "udhcpc")
    place.wait(lambda: n.get(key) and n.get(key)[1].hex(":") == ident,
               "it is at r1")
    net.air.move("sta1", None)
    n.do(n.router.sighting, mac)
    place.wait(lambda: place.at(r1, mac) == n.id, "r1 knows that it is here")
    place.wait(lambda: not r1.has_station_here(mac), "r1 has let it go")
    seqno = n.get(key)[0]
    net.air.move("sta1", "r1")
    net.lab.run("ping", "-c", "1", "-W", "1", "192.168.44.1", ns="sta1",
                check=False)
    place.wait(lambda: n.get(key)[1].hex(":") == ident, "it is at r1 again")
    assert n.get(key)[0] > seqno and not n.router.stations


def test_both_know_whose_of_a_mac_each_address_is(place):
    net, r1, linux = place.net, place.r1, b"\xff\1\2\3\4\5"
    n = place.up(place.node())
    mac = net.mac("sta1")
    net.air.move("sta1", "r1")
    one, two, own = (ByHand(net, "sta1", c) for c in (
        linux, b"\xff\6\7", b"\1" + v2.mac_octets(mac)))
    addr, plain = one.lease(), own.lease()
    place.wait(lambda: n.do(n.router.is_of, addr, mac, linux), "the client's")
    place.wait(lambda: n.do(n.router.is_of, plain, mac), "the plain one's")
    assert not n.do(n.router.is_of, addr, mac, two.client)
    assert not n.do(n.router.is_of, addr, mac)
    assert n.get(v2.whose(v2.lease4(plain))) is None
    assert n.get(v2.whose(v2.lease4(addr)))[0] == n.get(v2.lease4(addr))[0]
    # The other way round, for an address of its own choice.
    mine = "192.168.44.201"
    n.do(n.router.lease4, mine, mac, identifier=two.client)
    place.wait(lambda: leases(r1).get(mine), "the node's lease")
    assert [who.again(mine) for who in (one, own, two)] == [NAK, NAK, ACK]
    assert two.lease() == mine
    # What was said of a former lease is void.
    n.do(n.router.put, v2.lease4(mine), v2.mac_octets(STRANGER), 0)
    n.do(n.router.put, v2.lease4(mine), v2.mac_octets(mac), 1000)
    place.wait(lambda: leases(r1)[mine]["seqno"] == n.get(v2.lease4(mine))[0],
               "the next lease")
    assert n.do(n.router.is_of, mine, mac)
    net.air.move("sta1", None)


def test_an_old_version_is_answered(place):
    n = place.up(place.node())
    key, value = v2.location(STRANGER), b"\1" * 8
    n.do(n.router.put, key, value, 1000)
    place.wait(lambda: place.at(place.r1, STRANGER) == value.hex(":"), "new")
    seqno = n.get(key)[0]
    n.do(n.router.table.remove, key)
    n.do(lambda: n.router.sessions[0].send(
        v2.update(key, b"\2" * 8, seqno, 1000, 0)))
    place.wait(lambda: place.at(place.r1, STRANGER) == "02:" * 7 + "02",
               "the greater value")
    n.do(lambda: n.router.sessions[0].send(
        v2.update(key, value, seqno, 1000, 0)))
    place.wait(lambda: n.get(key) == (seqno, b"\2" * 8), "an answer", 5)


@pytest.mark.parametrize("how", ["nothing", "octet", "seqno", "another"])
def test_a_forged_router_datum_is_refused(place, how):
    n = place.up(place.node())
    me = v2.Identity(random.Random(how).randbytes(32))
    key, seqno = v2.router(me.id), 5
    value = v2.router_value(
        n.router.identity if how == "another" else me, seqno, 1, "forged")
    if how == "octet":
        value = value.replace(b"forged", b"farged")
    n.do(lambda: n.router.sessions[0].send(v2.update(
        key, value, seqno + (how == "seqno"), ROUTER_TIME, 0)))
    n.do(n.router.put, v2.location(STRANGER), random.randbytes(8), 1000)
    here = n.get(v2.location(STRANGER))[1].hex(":")
    place.wait(lambda: place.at(place.r1, STRANGER) == here, "what followed")
    if how == "nothing":
        got = place.wait(lambda: routers(place.r1).get(me.id.hex(":")),
                         "a router")
        assert got["router"] == "forged"
    else:
        place.lab.wait(lambda: True, "", 1)
        assert me.id.hex(":") not in routers(place.core)
        assert me.id.hex(":") not in routers(place.r1)


def test_an_old_router_datum_is_not_played_back(place):
    n = place.up(place.node())
    me = v2.Identity(bytes([77] * 32))
    key, old, new = v2.router(me.id), *(
        v2.router_value(me, seqno, 1, f"n{seqno}") for seqno in (5, 6))
    for value, seqno, lifetime in ((old, 5, 1000), (new, 6, 1000),
                                   (old, 5, 1000), (old, 7, 1000),
                                   (new, 6, 0), (old, 7, 0)):
        n.do(lambda v=value, s=seqno, t=lifetime: n.router.sessions[0].send(
            v2.update(key, v, s, t, 0)))
    n.do(n.router.put, v2.location(STRANGER), b"\x55" * 8, 1000)
    place.wait(lambda: place.at(place.r1, STRANGER) == "55:" * 7 + "55",
               "what followed")
    for d in place.core, place.r1:
        assert routers(d)[me.id.hex(":")]["router"] == "n6"


def test_after_a_start_it_goes_on_above_its_last_seqno(place):
    for again in False, True:
        n = place.up(place.node())
        if again:
            place.wait(lambda n=n: n.router.seqno > 3, "its old datum")
        for _ in range(3):
            n.do(n.router.announce)
        place.wait(lambda n=n: routers(place.r1).get(n.id), "its router")
        n.die()


def test_in_a_mesh_of_five_few_hear_a_change_more_than_twice(place):
    """Three of it, and both daemons: 4 times by the origin, and once by each
    other, which may be to another that it was not from."""
    lab = place.lab
    lab.batch("r1", "route replace 10.1.2.0/30 via 10.1.1.1\n")
    lab.batch("r2", "route replace 10.1.1.0/30 via 10.1.2.1\n")
    nodes = [place.node(bytes([40 + i] * 32), listen=OURS, port=5000 + i,
                        connect=[(CORE, 4444), (PEER1, 4444)]
                        + [(OURS, 5000 + j) for j in range(i)])
             for i in range(3)]
    for n in nodes:
        place.wait(lambda n=n: n.up() == 4, f"all sessions: {n.ended}", 30)
    place.wait(lambda: all(len(s.neighbours) == 4 for n in nodes
                           for s in n.router.sessions), "all say so", 5)
    key, heard = v2.location(STRANGER), []
    for n in nodes:
        n.router.take = lambda s, k, *more, n=n, take=n.router.take: (
            heard.append(n.id) if k == key else None, take(s, k, *more))
    value = random.randbytes(8)
    nodes[0].do(nodes[0].router.put, key, value, 1000)
    place.wait(lambda: place.at(place.r1, STRANGER) == value.hex(":"), "r1")
    place.wait(lambda: len(heard) >= 4, f"heard by {heard}", 5)
    lab.run("sleep", "2")
    assert len(heard) <= 6 and {n.id for n in nodes[1:]} <= set(heard)
