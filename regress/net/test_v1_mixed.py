# SPDX-License-Identifier: ISC
"""Whole nodes of version 1 (v1peer.py) between and around ours: every quirk,
and the network holds what one of a kind would."""

import random
import time

import pytest

from lab.leasers import Crowd
from lab.floodnet import FloodNet
from lab.v1peer import key_lease4, key_location

V1ID = bytes.fromhex("00000000deadbeef")
OTHER = bytes.fromhex("00000000deadbee0")


@pytest.fixture
def build(lab):
    def make(shape, n, v1, **quirks):
        net = FloodNet(lab, shape, n, tag="x")
        net.start(v1=v1, v1_quirks=quirks)
        net.wait_up()
        return net
    return make


def mac(i):
    return f"02:00:00:cc:00:{i:02x}"


QUIRKS = {
    "plain": dict(double_handshake=False),
    "doubled-handshake": dict(double_handshake=True),
    "octet-by-octet": dict(octets=True),
    "unknown-tlvs": dict(unknown=True),
    "all-at-once": dict(octets=True, unknown=True),
}


@pytest.mark.parametrize("quirk", QUIRKS, ids=list(QUIRKS))
def test_ours_v1_ours_holds_one_table(lab, build, quirk):
    """Two of ours hear of each other's stations through a node of version 1
    only."""
    net = FloodNet(lab, "chain", 3, tag="x")
    net.serve(0)
    net.serve(2)
    net.start(v1=(1,), v1_quirks=QUIRKS[quirk])
    net.wait_up()
    a, v1, c = (net.nodes[n] for n in net.names)
    crowds = [Crowd(lab, net.names[i] + "s", "eth0", i, 10) for i in (0, 2)]
    for crowd in crowds:
        assert crowd.lease() == 10
    v1.lease4("192.168.44.9", mac(9))
    v1.claim(mac(9), V1ID)
    want = {m for crowd in crowds for m in crowd.table()} | {mac(9)}
    view = net.wait_equal(15, lambda v: want <= {m for m, _r in v[1]})
    where = dict(view[1])
    assert where[mac(9)] == V1ID.hex(":")
    for d, crowd in zip((a, c), crowds):
        own = d.show("status")["router_id"]
        assert all(where[m] == own for m in crowd.table())
    # A station roams from ours to ours, across version 1.
    crowds[1].addr[crowds[0].macs[0]] = crowds[0].addr.pop(crowds[0].macs[0])
    crowds[1].macs.append(crowds[0].macs.pop(0))
    assert crowds[1].renew() == 11 and crowds[1].naks == 0
    own = c.show("status")["router_id"]
    roamed = crowds[1].macs[-1].hex(":")
    net.wait_equal(15, lambda v: dict(v[1]).get(roamed) == own)


def test_v1_ours_v1_converges_through_a_storm_of_claims(build):
    net = build("chain", 3, (0, 2), unknown=True)
    one, ours, two = (net.nodes[n] for n in net.names)
    rnd = random.Random(7)
    for i in range(400):
        node, router = rnd.choice(((one, V1ID), (two, OTHER)))
        node.claim(mac(rnd.randrange(20)), router)
        if i % 40 == 0:
            node.lease4(f"192.168.44.{20 + i // 40}", mac(i // 40))
    net.lab.wait(lambda: len(ours.show("stations")) == 20, "stations", 10)
    # Where two claims crossed, version 1 may differ for ever, as it breaks
    # ties by lifetimes; the next claim mends it, once nothing is under way.
    seen = [None]

    def quiet():
        before, seen[0] = seen[0], [one.live(), net.view(ours), two.live()]
        return before == seen[0]
    net.lab.wait(quiet, "quiet", 10, 0.5)
    for i in range(20):
        one.claim(mac(i), V1ID)
    view = net.wait_equal(15)
    assert set(dict(view[1]).values()) == {V1ID.hex(":")}


def test_unknown_kinds_of_keys_pass_through_us_untouched(build):
    net = build("chain", 4, (0, 3))
    one, two = net.nodes["x1"], net.nodes["x4"]
    keys = {bytes([99]) + b"future": b"value \0\xff", bytes([16]): b"",
            bytes([255]) * 200: b"x" * 37}
    for key, value in keys.items():
        one.put(key, value, seqno=40000)
    for key, value in keys.items():
        net.lab.wait(lambda k=key: two.get(k), f"{key!r:.20}", 5)
        assert two.get(key) == (40000, value)
    # What is longer than our TLVs, or of a kind that version 1 must not have.
    for key in bytes([254]) * 200, bytes([7]), bytes([15]):
        one.put(key, b"x" * 38, seqno=40000)
    one.put(bytes([98]), b"the last", seqno=1)
    net.lab.wait(lambda: two.get(bytes([98])), "the last", 5)
    assert not any(two.get(key) for key in
                   (bytes([254]) * 200, bytes([7]), bytes([15])))


def test_sudden_death_and_return_with_an_empty_table(build):
    net = build("star", 4, (1, 2), octets=False)
    one, two = net.nodes["x2"], net.nodes["x3"]
    for i in range(30):
        one.claim(mac(i), V1ID)
        one.lease4(f"192.168.44.{100 + i}", mac(i))
    net.wait_equal(10, lambda v: len(v[1]) == 30)
    for _ in range(3):
        one.die()
        two.claim(mac(1), OTHER)
        one.start()
        net.wait_up()
        net.wait_equal(10, lambda v: len(v[1]) == 30
                       and len(v[0]) == 30)
    assert two.get(key_location(mac(1)))[1] == OTHER


def test_lifetimes_in_seconds_run_out_everywhere(build):
    """None of three hops makes a datum live longer by rounding."""
    net = build("chain", 4, (0, 3))
    one, two = net.nodes["x1"], net.nodes["x4"]
    begin = time.monotonic()
    one.put(key_lease4("192.168.44.77"), bytes.fromhex("020000cc004d"),
            lifetime=4)
    net.lab.wait(lambda: two.get(key_lease4("192.168.44.77")), "there", 3)
    assert two.table[key_lease4("192.168.44.77")][1] <= begin + 4.05
    for d in net.daemons():
        net.lab.wait(lambda d=d: not any(
            x["prefix"] == "192.168.44.77/32" and x["state"] == "valid"
            for x in d.show("leases")), "it is over", 6)
    assert time.monotonic() - begin > 3
