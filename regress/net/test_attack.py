# SPDX-License-Identifier: ISC
"""Strangers, and peers that mean harm: no route that should not be, memory
within bounds, the others served, and the log says who it was."""

import socket
import struct
import time

import pytest

from lab import netns
from lab.leasers import Crowd
from lab.floodnet import FloodNet
from lab.v1 import (HANDSHAKE, lease4, lease6, location, router_value,
                    update)

EVIL = bytes.fromhex("00000000deadbeef")
EVIL_MAC = "02:00:00:00:ee:66"
LIMIT = 20000
THEFTS = 20
YEAR = 365 * 86400


class Raw:
    """A connection that sends anything and reads only on request."""

    def __init__(self, lab, ns, addr, port=4444, handshake=HANDSHAKE,
                 source=None):
        with netns.inside(lab.ns_name(ns)):
            self.sock = socket.socket()
        self.sock.settimeout(20)
        if source:
            self.sock.bind((source, 0))
        self.sock.connect((addr, port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send(handshake)

    def send(self, data):
        self.sock.sendall(data)

    def ended(self, timeout):
        self.sock.settimeout(timeout)
        try:
            while self.sock.recv(65536):
                pass
            return True
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def close(self):
        self.sock.close()


@pytest.fixture(scope="module")
def net(module_lab):
    """a1 and a3 have stations; the attacker sits at a2 and speaks to both a2
    and, by its link, to a1."""
    net = FloodNet(module_lab, "chain", 3, tag="a")
    net.serve(0)
    net.serve(2)
    # They answer no probes.  All strangers here have one address.
    net.start(extra=[f"limit data {LIMIT}", "limit source 100",
                     "probe interval 1h"])
    net.wait_up()
    net.crowds = [Crowd(module_lab, net.names[i] + "s", "eth0", i, 8)
                  for i in (0, 2)]
    for crowd in net.crowds:
        assert crowd.lease() == 8
    macs = {m for crowd in net.crowds for m in crowd.table()}
    net.wait_equal(10, lambda v: macs <= {m for m, _r in v[1]})
    return net


@pytest.fixture
def evil(net):
    raw = Raw(net.lab, "a2", "10.3.0.1")
    yield raw
    raw.close()
    routes = [net.lab.run("ip", *f, "route", "show", "table", "all", ns=ns)
              for ns in ("a1", "a3") for f in ((), ("-6",))]
    for line in "".join(routes).splitlines():
        if "proto 44" in line or "proto 45" in line:
            assert line.split()[0] in allowed(net) or \
                line.split()[0] == "unreachable", line
    for crowd in net.crowds:
        assert crowd.renew(10) == len(crowd.macs)


def allowed(net):
    """The stations' addresses, and their /64 if they have any."""
    return {a for crowd in net.crowds for a in crowd.table().values()} | {
        x["prefix"] for x in net.nodes["a1"].show("leases")
        if ":" in x["prefix"]}


def here(net, crowd=0):
    return net.crowds[crowd].macs[0].hex(":")


def router_datum(router, addr, seqno, name=b"evil"):
    return update(seqno, 3600, b"\x03" + router, router_value(addr, name))


def rid(d):
    return bytes.fromhex(d.show("status")["router_id"].replace(":", ""))


def said(net, name, word):
    return [x for x in net.nodes[name].log().splitlines() if word in x]


def leased(net, name, text):
    return any(x["prefix"].startswith(text) and x["state"] == "valid"
               for x in net.nodes[name].show("leases"))


# Strangers

def test_a_stranger_who_does_not_speak_our_protocol_is_closed(net):
    d = net.nodes["a1"]
    up = net.sessions(d)
    for junk in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x02\x00",
                 b"\0" * 64, bytes([44, 2, 0, 0])):
        raw = Raw(net.lab, "a2", "10.3.0.1", handshake=junk)
        assert raw.ended(5), junk
        raw.close()
    assert net.sessions(d) == up


def test_strangers_who_say_nothing_are_closed_and_others_served(net):
    d = net.nodes["a1"]
    silent = [Raw(net.lab, "a2", "10.3.0.1", handshake=b"\x2c" * (i % 2))
              for i in range(60)]
    raw = Raw(net.lab, "a2", "10.3.0.1")
    raw.send(location(EVIL_MAC, EVIL))
    net.lab.wait(lambda: d.station(EVIL_MAC), "one that speaks", 5)
    raw.close()
    assert all(raw.ended(13) for raw in silent)
    for raw in silent:
        raw.close()


# Content

LEASES = [
    ("another network", "10.66.0.1"), ("none", "0.0.0.0"),
    ("everybody", "255.255.255.255"), ("multicast", "224.0.0.5"),
    ("loopback", "127.0.0.1"), ("the attacker's own", "10.3.0.2"),
]


def test_leases_outside_the_prefixes_are_refused_and_the_log_says_who(
        net, evil):
    d = net.nodes["a1"]
    for _why, addr in LEASES:
        evil.send(lease4(addr, here(net), 5000))
    evil.send(lease6("2001:db8:66::", here(net), 5000)
              + lease6("::", here(net), 5000) + lease6("fe80::", here(net)))
    net.lab.wait(lambda: any(p["dropped"] >= 9 for p in d.show("peers")),
                 "counted for the peer", 5)
    lines = said(net, "a1", "outside of our prefixes")
    assert len(lines) == 1 and "peer 10.3.0.2" in lines[0]
    for _why, addr in LEASES:
        assert not leased(net, "a1", addr)


@pytest.mark.parametrize("addr", ["192.168.44.1", "192.168.44.0",
                                  "192.168.44.255"])
def test_no_route_for_gateway_network_and_broadcast(net, evil, addr):
    """Of a station that is really here."""
    evil.send(lease4(addr, here(net), 5000))
    net.lab.wait(lambda: leased(net, "a3", addr), "flooded", 5)
    for name in ("a1", "a3"):
        assert addr + "/32" not in {
            r["prefix"] for r in net.nodes[name].show("routes")}


def test_a_station_said_to_be_at_us_gets_no_route(net, evil):
    d = net.nodes["a1"]
    evil.send(lease4("192.168.44.250", EVIL_MAC, 9)
              + location(EVIL_MAC, rid(d), 77))
    net.lab.wait(lambda: (d.station(EVIL_MAC) or {}).get("seqno", 0) > 77
                 and not d.station(EVIL_MAC)["router_id"],
                 "set to nowhere", 10)
    assert "192.168.44.250/32" not in {
        r["prefix"] for r in d.show("routes")}


def test_who_speaks_in_our_name_is_refused_and_named(net, evil):
    """Router data of a1 and of a3 with the attacker's address."""
    for name in ("a1", "a3"):
        victim = net.nodes[name]
        for seqno in range(100, 105):
            evil.send(router_datum(rid(victim), "10.3.0.2", seqno))
        net.lab.wait(lambda v=victim: all(
            r["address_ipv4"] is None and r["router"] == v.conf.name
            for d in net.daemons() for r in d.show("routers")
            if r["router_id"] == v.show("status")["router_id"]),
            f"{name} is itself again", 10)
    assert said(net, "a1", "refused: a router datum from version 1")


def test_claims_for_a_station_that_is_here_last_until_it_speaks(net, evil):
    d, mac = net.nodes["a1"], here(net)
    for step in (1, 2, 32767, 40000, 65535):
        seqno = (d.station(mac)["seqno"] + step) % 65536
        evil.send(location(mac, EVIL, seqno))
        # Not at once: what was under way when it left is no evidence.
        net.lab.wait(lambda: net.crowds[0].renew(5) == 8
                     and d.has_station_here(mac), f"back after {step}", 10)


def test_lifetimes_of_a_century_are_cut_to_a_year(net, evil):
    d = net.nodes["a3"]
    evil.send(lease4("192.168.44.240", EVIL_MAC, 3, 0xffffffff)
              + location(EVIL_MAC, EVIL, 999, 0xffffffff))
    net.lab.wait(lambda: leased(net, "a3", "192.168.44.240"), "flooded", 5)
    assert next(x for x in d.show("leases") if x["prefix"] ==
                "192.168.44.240/32")["remaining_seconds"] <= YEAR
    assert d.station(EVIL_MAC)["lifetime_seconds"] <= YEAR
    # It can be taken back at once.
    evil.send(lease4("192.168.44.240", EVIL_MAC, 4, 0)
              + location(EVIL_MAC, b"", 1000, 1))


def test_replayed_claims_change_nothing(net, evil):
    d = net.nodes["a3"]
    old = location(EVIL_MAC, EVIL, 2000, 5400) \
        + lease4("192.168.44.241", EVIL_MAC, 2000)
    evil.send(old)
    net.lab.wait(lambda: (d.station(EVIL_MAC) or {}).get("seqno") == 2000,
                 "first", 5)
    evil.send(location(EVIL_MAC, EVIL[::-1], 2001)
              + lease4("192.168.44.241", "02:00:00:00:ee:67", 2001))
    net.lab.wait(lambda: d.station(EVIL_MAC)["seqno"] == 2001, "newer", 5)
    for _ in range(50):
        evil.send(old)
    evil.send(location("02:00:00:00:ee:68", EVIL, 1))
    net.lab.wait(lambda: d.station("02:00:00:00:ee:68"), "all is read", 5)
    assert d.station(EVIL_MAC)["router_id"] == EVIL[::-1].hex(":")
    assert next(x for x in d.show("leases") if x["prefix"] ==
                "192.168.44.241/32")["mac"] == "02:00:00:00:ee:67"


def test_malformed_and_huge_keys_harm_nobody(net, evil):
    d = net.nodes["a1"]
    bad = [bytes([2, 7]) + bytes(7),                    # empty key
           bytes([2, 8, 0, 1, 0, 0, 0, 9, 255, 0]),     # beyond the end
           bytes([2, 3, 1, 2, 3]), bytes([3, 5]) + bytes(5),
           update(1, 9, b"\0" + bytes(3), bytes(6)),    # short IPv4
           update(1, 9, b"\0" + bytes(9), bytes(6)),
           update(1, 9, b"\1" + bytes(16), bytes(6)),
           update(1, 9, b"\2" + bytes(6), bytes(8)),    # station of zeroes
           update(1, 9, b"\2" + b"\xff" * 6, bytes(8)),
           update(1, 9, b"\2\2\0\0\0\0\1", bytes(7)),
           update(1, 9, b"\3" + bytes(8), b""),         # router of zeroes
           update(1, 9, b"\3" + EVIL, b"\1\4\x7f\0\0\1"),
           update(1, 9, b"\3" + EVIL, b"\3\4a\x1b[b"),
           update(1, 9, b"\3" + EVIL, b"\1\xff")]
    for tlv in bad:
        evil.send(tlv)
    net.lab.wait(lambda: any(p["dropped"] >= len(bad)
                             for p in d.show("peers")), "all counted", 5)
    evil.send(update(1, 60, bytes([99]) + b"k" * 247, b""))
    evil.send(update(1, 60, bytes([99]), b"v" * 247))
    evil.send(location("02:00:00:00:ee:69", EVIL))
    net.lab.wait(lambda: net.nodes["a3"].station("02:00:00:00:ee:69"),
                 "what came after", 5)


def heap(d):
    return {m["process"]: m["rss_octets"] for m in d.show("memory")}


KINDS = {
    "leases": lambda i: lease4(f"192.168.44.{i % 250 + 2}", EVIL_MAC,
                               i // 250 + 1, 5),
    "stations": lambda i: location(
        "06:" + ":".join(f"{x:02x}" for x in struct.pack(">BI", 0, i)),
        EVIL, 1, 5),
    "unknown": lambda i: update(1, 5, b"\x63" + struct.pack(">I", i)
                                + b"k" * 190, b"v" * 40),
}


@pytest.mark.parametrize("kind", KINDS, ids=list(KINDS))
def test_more_than_the_table_holds(net, evil, kind):
    """The table stays at its limit, memory too, and what was there before
    is."""
    d, n = net.nodes["a1"], 3 * LIMIT
    before = heap(d)
    for i in range(0, n, 500):
        evil.send(b"".join(KINDS[kind](j) for j in range(i, i + 500)))
    most, why = (LIMIT // 4, "too many data of unknown kinds") \
        if kind == "unknown" else (LIMIT, "the table is full")
    if kind != "leases":
        net.lab.wait(lambda: d.show("status")["data"] >= most - 1,
                     "the table is full", 30, 0.2)
    begin = time.monotonic()
    assert d.show("status")["data"] <= LIMIT
    assert time.monotonic() - begin < 2, "the engine is stuck"
    if kind != "leases":
        net.lab.wait(lambda: any(why in x
                                 for x in said(net, "a1", "10.3.0.2")),
                     "the log says who", 30)
    for name in ("a1", "a3"):
        assert net.nodes[name].has_station_here(
            here(net, 0 if name == "a1" else 1))
    for who, rss in heap(d).items():
        assert rss - before[who] < 48 << 20, who
    # Stations that are here are served, and the table shrinks again.
    for crowd in net.crowds:
        assert crowd.renew(10) == len(crowd.macs)
    for x in net.daemons():
        net.lab.wait(lambda x=x: x.show("status")["data"] < LIMIT / 4,
                     "the table shrinks", 40, 0.5)


def test_a_slow_drip_and_one_that_never_reads_cost_the_others_nothing(
        net, evil):
    d = net.nodes["a1"]
    deaf = Raw(net.lab, "a2", "10.3.0.1")
    deaf.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    drip = Raw(net.lab, "a2", "10.3.0.1")
    whole = location("02:00:00:00:ee:70", EVIL, 5)
    for octet in whole[:-1]:
        drip.send(bytes([octet]))
        time.sleep(0.02)
    for i in range(8000):
        evil.send(update(i // 100 + 1, 20, b"\x64" + bytes([i % 100])
                         + b"k" * 200, bytes([i % 256]) * 30))
    begin = time.monotonic()
    evil.send(location("02:00:00:00:ee:71", EVIL, 5))
    net.lab.wait(lambda: net.nodes["a3"].station("02:00:00:00:ee:71"),
                 "the others go on", 10)
    assert time.monotonic() - begin < 5
    assert max(p["queued_octets"] for p in d.show("peers")) < 256 << 10
    drip.send(whole[-1:])
    net.lab.wait(lambda: d.station("02:00:00:00:ee:70"), "the last octet", 5)
    deaf.close()
    drip.close()


def test_forged_data_do_not_fill_the_log(net, evil):
    """The leases of stations here are another's, again and again: a line for
    each, and then few."""
    crowd, d = net.crowds[0], net.nodes["a1"]
    before, begin = len(d.log().splitlines()), time.monotonic()
    for turn in range(THEFTS):
        seqno = 3000 + 100 * turn
        for mac, addr in crowd.table().items():
            evil.send(lease4(addr, EVIL_MAC, seqno, 2)
                      + location(mac, EVIL, seqno))
        assert crowd.renew(10) == len(crowd.macs)
    lines = d.log().splitlines()[before:]
    stolen = [x for x in lines if ": lost by " in x]
    net.lab.wait(lambda: sum(d.show("status")["log_lost_" + k] for k in
                             ("warnings", "info")) > 0, "left out", 5)
    # common/loglimit.h: 30 at once, and one in six seconds.
    assert len(stolen) <= 32 + (time.monotonic() - begin) / 6
