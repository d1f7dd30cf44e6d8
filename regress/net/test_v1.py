# SPDX-License-Identifier: ISC
"""Beside nodes of version 1, whose way of speaking v1.py imitates."""

import struct

import pytest

from lab import Network
from lab.v1 import V1Node, lease4, lease6, location

R1 = "10.1.1.2"         # r1's side of its link to core
THEIRS = bytes.fromhex("00000000deadbeef")
STRANGER = "02:00:00:00:ee:01"


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=1, stations=1, igp=None)
    net.start("r1", peers=[])
    net.air.move("sta1", "r1")
    net.client("sta1", "udhcpc")
    net.lab.wait(lambda: net.addresses("sta1")[0], "sta1: address", 15)
    return net


def has_lease(daemon, text, mac):
    return any(text in str(rec.get("prefix", rec)) and rec.get("mac") == mac
               for rec in daemon.show("leases"))


def test_octet_by_octet_and_two_handshakes(net):
    """Everything arrives whole, in both directions."""
    d, lab = net.daemons["r1"], net.lab
    node = V1Node.connect(lab, "core", R1)
    node.send(lease4("192.168.44.200", STRANGER)
              + lease6("2001:db8:44:200::", STRANGER)
              + location(STRANGER, THEIRS))
    lab.wait(lambda: has_lease(d, "192.168.44.200", STRANGER), "lease4", 5)
    lab.wait(lambda: has_lease(d, "2001:db8:44:200::", STRANGER), "lease6", 5)
    lab.wait(lambda: d.station(STRANGER), "location", 5)
    v4 = net.addresses("sta1")[0]
    lab.wait(lambda: node.lease4(v4), "our lease", 5)
    assert node.lease4(v4)[2] == bytes.fromhex(
        net.mac("sta1").replace(":", ""))
    lab.wait(lambda: node.location(net.mac("sta1")), "our location", 5)
    assert len(node.location(net.mac("sta1"))[2]) == 8
    assert node.stream[:2] == bytes([44, 1])
    node.die()


def test_only_what_version_1_defines_is_sent_to_it(net):
    node = V1Node.connect(net.lab, "core", R1)
    net.lab.wait(lambda: node.location(net.mac("sta1")), "our location", 5)
    assert {key[0] for key in node.table} <= {0, 1, 2}
    assert node.stream.count(bytes([44, 1])) >= 1
    node.die()


@pytest.mark.parametrize("caps", [0x01, 0x0f, 0xffef])
def test_who_does_not_announce_version_2_speaks_version_1(net, caps):
    """Whatever else it announces; what it sends of version 2 is refused."""
    node = V1Node.connect(net.lab, "core", R1,
                          handshake=bytes([44, 1]) + struct.pack(">H", caps)
                          + b"\x04\x08" + THEIRS + b"\x07\x83\0\0\0" + bytes(128))
    net.lab.wait(lambda: node.location(net.mac("sta1")), "our location", 5)
    assert {t for t, _b in node.tlvs()} == {2}
    node.send(aged(lease4("192.168.44.203", "02:00:00:00:ee:04")))
    node.send(lease4("192.168.44.206", "02:00:00:00:ee:04"))
    d = net.daemons["r1"]
    net.lab.wait(lambda: has_lease(d, "192.168.44.206", "02:00:00:00:ee:04"),
                 "its lease", 5)
    assert not has_lease(d, "192.168.44.203", "02:00:00:00:ee:04")
    assert "refused: an update of another version" in d.log()
    node.die()


def aged(update):
    """A version 1 update in the octets of version 2."""
    seqno, lifetime = struct.unpack_from(">HI", update, 2)
    body = struct.pack(">QII", seqno, lifetime, 0) + update[8:]
    return bytes([3, len(body)]) + body


def test_two_nodes_hear_of_each_other_through_us(net):
    lab = net.lab
    one = V1Node.connect(lab, "core", R1)
    two = V1Node.connect(lab, "core", R1, octet_by_octet=False)
    one.send(lease4("192.168.44.201", "02:00:00:00:ee:02", seqno=7))
    lab.wait(lambda: two.lease4("192.168.44.201"), "relayed", 5)
    assert two.lease4("192.168.44.201")[0] == 7
    # A dead session says nothing; the other goes on.
    one.die()
    two.send(lease4("192.168.44.202", "02:00:00:00:ee:03"))
    lab.wait(lambda: has_lease(net.daemons["r1"], "192.168.44.202",
                               "02:00:00:00:ee:03"), "lease", 5)
    two.die()


def test_sudden_death_and_return_resynchronise(net):
    lab = net.lab
    for _ in range(3):
        node = V1Node.connect(lab, "core", R1)
        lab.wait(lambda n=node: n.location(net.mac("sta1")), "table", 5)
        node.die()


def test_silence_is_no_fault_of_a_version_1_peer(net):
    """It says nothing for longer than our own peers may."""
    d = net.daemons["r1"]
    node = V1Node.connect(net.lab, "core", R1)
    net.lab.wait(lambda: node.location(net.mac("sta1")), "table", 5)
    net.lab.wait(lambda: any(p.get("state") == "up"
                             and p.get("since_seconds", 0) >= 11
                             for p in d.show("peers")),
                 "the session is 11 s old", 15, 0.2)
    assert not node.ended
    node.die()


def test_a_lease_outside_our_prefixes_is_dropped_and_no_route(net):
    d, lab = net.daemons["r1"], net.lab
    node = V1Node.connect(lab, "core", R1)
    mac = net.mac("sta1")
    dropped = d.show("status")
    node.send(lease4("10.66.0.1", mac) + lease4("0.0.0.0", mac)
              + lease6("2001:db8:66::", mac)
              + lease4("192.168.44.203", "02:00:00:00:ee:04"))
    lab.wait(lambda: has_lease(d, "192.168.44.203", "02:00:00:00:ee:04"),
             "what came after them", 5)
    text = d.ctl("-j", "show", "leases")
    assert "10.66.0.1" not in text and "2001:db8:66:" not in text
    routes = lab.run("ip", "route", "show", "table", "all", ns="r1") + \
        lab.run("ip", "-6", "route", "show", "table", "all", ns="r1")
    assert "10.66.0.1" not in routes and "2001:db8:66:" not in routes
    after = d.show("status")
    if "updates_dropped" in after:
        assert after["updates_dropped"] >= dropped["updates_dropped"] + 3
    node.die()


def test_a_lost_conflict_takes_value_and_time_of_the_winner(net):
    """Version 1 kept the old value with the new time."""
    d, lab = net.daemons["r1"], net.lab
    node = V1Node.connect(lab, "core", R1)
    for seqno, mac in ((1, "02:00:00:00:ee:05"), (2, "02:00:00:00:ee:06")):
        node.send(lease4("192.168.44.204", mac, seqno))
        lab.wait(lambda m=mac: has_lease(d, "192.168.44.204", m), mac, 5)
    # Same number, other value, younger claim: it wins whole.
    node.send(lease4("192.168.44.204", "02:00:00:00:ee:07", 2, 1900))
    lab.wait(lambda: has_lease(d, "192.168.44.204", "02:00:00:00:ee:07"),
             "the younger claim", 5)
    node.die()


def test_garbage_ends_only_its_own_session(net):
    lab = net.lab
    good = V1Node.connect(lab, "core", R1)
    bad = V1Node.connect(lab, "core", R1, octet_by_octet=False)
    bad.send(b"\x02\x03\xff\xff\xff" + b"\x02\xff" + b"\xff" * 255
             + b"\xfe\x00" * 9000)
    good.send(lease4("192.168.44.205", "02:00:00:00:ee:08"))
    lab.wait(lambda: has_lease(net.daemons["r1"], "192.168.44.205",
                               "02:00:00:00:ee:08"), "lease", 5)
    good.die()
    bad.die()


def test_a_peer_that_refuses_at_first_is_connected_later(net):
    """One failed connect broke the session of version 1 for good."""
    d, lab = net.daemons["r1"], net.lab
    d.conf.peers.append("10.1.1.1")
    d.reload()
    lab.wait(lambda: any(p.get("failures", 0) >= 2 for p in d.show("peers")),
             "two failed connects", 20)
    listener = V1Node.listen(lab, "core")
    sock, _addr = listener.accept()
    node = V1Node(sock)
    lab.wait(lambda: node.location(net.mac("sta1")), "table", 10)
    listener.close()
    node.die()
    d.conf.peers.pop()
    d.reload()
