# SPDX-License-Identifier: ISC
"""What peers and strangers may cost: silence, stalls, floods, half-open
connections.  Nobody else notices."""

import os
import signal
import socket
import struct
import threading
import time

import pytest

from lab import Network, netns
from lab.hello import HANDSHAKE as EXTENDED, Router
from lab.identity import identity_with
from lab.v1 import HANDSHAKE, V1Node, lease4, router_value, update

R1 = "10.1.1.2"
HEARTBEAT = bytes([5, 0])
HELLO = Router(identity_with(0xde)).hello()


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=1, stations=0, igp=None)
    net.start("r1", peers=[])
    return net


@pytest.fixture
def two(lab):
    return Network(lab, routers=2, stations=0).up()


def connect(net, source=None):
    with netns.inside(net.lab.ns_name("core")):
        sock = socket.socket()
    sock.settimeout(20)
    if source:
        sock.bind((source, 0))
    sock.connect((R1, 4444))
    return sock


def read_until_closed(sock):
    """Seconds until the other side ends it, and what it said."""
    begin, said = time.monotonic(), b""
    try:
        while data := sock.recv(65536):
            said += data
    except ConnectionError:
        pass
    return time.monotonic() - begin, said


def has_lease(daemon, addr):
    return any(addr in rec["prefix"] for rec in daemon.show("leases"))


def test_a_silent_extended_peer_is_known_dead_within_10_s(net):
    sock = connect(net)
    sock.sendall(EXTENDED + HELLO)
    took, said = read_until_closed(sock)
    assert 8.5 < took <= 10.2
    assert said.endswith(HEARTBEAT * 2), said[-20:]


def test_heartbeats_keep_a_session_and_no_announcement_no_need(net):
    d = net.daemons["r1"]
    beating, plain = connect(net), connect(net)
    beating.sendall(EXTENDED + HELLO)
    plain.sendall(bytes([44, 1, 0, 0]))
    net.lab.wait(lambda: d.peers_up(2), "two sessions", 5)
    end = time.monotonic() + 12
    while time.monotonic() < end:
        beating.sendall(HEARTBEAT)
        time.sleep(1)
    up = [p for p in d.show("peers") if p["state"] == "up"]
    assert sorted(p["heartbeat"] for p in up) == [False, True]
    plain.setblocking(False)
    assert not plain.recv(65536).endswith(HEARTBEAT)
    beating.close()
    plain.close()
    net.lab.wait(lambda: not d.peers_up(1), "both ended", 5)


def test_a_drip_is_no_handshake(net):
    """One octet now and then does not make the 10 s longer."""
    sock = connect(net)
    sock.settimeout(0.5)
    begin = time.monotonic()
    for octet in HANDSHAKE[:3] + b"":
        sock.sendall(bytes([octet]))
        time.sleep(2)
    sock.settimeout(20)
    read_until_closed(sock)
    assert 9 < time.monotonic() - begin < 11.5


def test_one_source_has_so_many_sessions_and_no_more(net):
    d = net.daemons["r1"]
    socks = [connect(net) for _ in range(20)]
    for sock in socks:
        sock.sendall(HANDSHAKE)
    net.lab.wait(lambda: d.peers_up(16), "16 sessions", 5)
    assert len(d.show("peers")) == 16
    status = d.show("status")
    assert status["sessions_refused"] >= 4
    lines = [x for x in d.log().splitlines() if ": no session: too many" in x]
    assert len(lines) == 1, lines
    # Another address is served.
    net.lab.ip("core", "addr", "add", "10.1.1.77/32", "dev", "lo")
    net.lab.ip("r1", "route", "add", "10.1.1.77/32", "via", "10.1.1.1")
    node = connect(net, "10.1.1.77")
    node.sendall(HANDSHAKE)
    net.lab.wait(lambda: d.peers_up(17), "the other", 5)
    for sock in socks + [node]:
        sock.close()
    net.lab.wait(lambda: not d.show("peers"), "all ended", 5)


def test_only_addresses_that_are_permitted_have_sessions(net):
    d, lab = net.daemons["r1"], net.lab
    lab.ip("core", "addr", "replace", "10.1.1.78/32", "dev", "lo")
    lab.ip("r1", "route", "replace", "10.1.1.78/32", "via", "10.1.1.1")
    before = d.show("status")["sessions_refused"]
    d.conf.listen = None
    try:
        for permitted, refused in (("10.1.1.1", "10.1.1.78"),
                                   ("10.1.1.78", "10.1.1.1")):
            d.conf.extra = ["listen on * port 4444 no tls "
                            f"from {{ 2001:db8::/32, {permitted} }}"]
            d.reload()
            # Whom a reload takes it from is heard no longer.
            lab.wait(lambda: not d.show("peers"), "ended", 5)
            for _ in range(3):
                sock = connect(net, refused)
                assert read_until_closed(sock)[1] == b""
                sock.close()
            node = V1Node(connect(net, permitted))
            node.send(lease4("192.168.44.99", "02:00:00:00:e9:01"))
            lab.wait(lambda: d.peers_up(1), "a session", 5)
            lab.wait(lambda: d.show("status")["sessions_refused"]
                     == before + 3, "counted", 5)
            before += 3
            assert len([x for x in d.log().splitlines()
                        if f"peer {refused}: no session: may not connect"
                        in x]) == 1
        assert "10.1.1.1 port" in d.log() and \
            "may not connect from this address any more" in d.log()
    finally:
        d.conf.listen, d.conf.extra = "*", []
        d.reload()
    node.sock.shutdown(socket.SHUT_RDWR)
    lab.wait(lambda: not d.show("peers"), "all ended", 5)


def test_half_open_connections_do_not_keep_a_router_out(net):
    """Many addresses, none of which says a word."""
    lab, d = net.lab, net.daemons["r1"]
    lab.ip("r1", "route", "add", "10.1.2.0/28", "via", "10.1.1.1")
    lab.ip("core", "addr", "add", "10.1.2.0/28", "dev", "lo")
    socks = [connect(net, f"10.1.2.{i % 12 + 1}") for i in range(100)]
    assert len(d.show("peers")) <= 64
    node = V1Node.connect(lab, "core", R1, octet_by_octet=False)
    node.send(lease4("192.168.44.210", "02:00:00:00:ef:01"))
    lab.wait(lambda: has_lease(d, "192.168.44.210"), "its lease", 5)
    lab.wait(lambda: len(d.show("peers")) == 1, "the others time out", 15)
    assert len([x for x in d.log().splitlines() if ": no session: " in x]) <= 32
    node.die()
    for sock in socks:
        sock.close()


def test_connections_without_end_of_one_address_keep_nobody_out(net):
    lab, d = net.lab, net.daemons["r1"]
    lab.ip("core", "addr", "replace", "10.1.1.79/32", "dev", "lo")
    lab.ip("r1", "route", "replace", "10.1.1.79/32", "via", "10.1.1.1")
    before = d.show("status")["sessions_refused"]
    stop, held = threading.Event(), []

    def flood():                # half a ClientHello, and never the rest
        for _ in range(20000):
            if stop.is_set():
                return
            try:
                sock = connect(net)
                held.append(sock)
                sock.sendall(b"\x16\x03\x01\x02\x00\x01")
            except OSError:
                pass
            if len(held) > 500:
                held.pop(0).close()
    threads = [threading.Thread(target=flood, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        lab.wait(lambda: d.show("status")["sessions_refused"] > before + 300,
                 "a flood", 20)
        for i in range(3):
            node = V1Node(connect(net, "10.1.1.79"))
            node.send(lease4(f"192.168.44.{220 + i}",
                             f"02:00:00:00:f0:0{i}"))
            lab.wait(lambda n=220 + i: has_lease(d, f"192.168.44.{n}"),
                     "its lease", 4)
            node.sock.shutdown(socket.SHUT_RDWR)
    finally:
        stop.set()
        for thread in threads:
            thread.join(25)
        for sock in held:
            sock.close()
    lab.wait(lambda: not d.show("peers"), "all ended", 15)
    # One line, or none where others have been said in the last minute.
    assert len([x for x in d.log().splitlines()
                if ": no session: too many connections" in x]) <= 1


def test_a_member_that_names_routers_without_end_ends_nobody(two):
    lab, daemons = two.lab, two.daemons
    before = {name: d.processes() for name, d in daemons.items()}
    member = V1Node.connect(lab, "core", "10.1.1.2", octet_by_octet=False)
    value = router_value("10.1.2.2", b"evil")
    member.send(b"".join(
        update(1, 3600, b"\x03" + struct.pack("!Q", 0x0200770000000000 + n),
               value) for n in range(33500)))
    lab.wait(lambda: daemons["r1"].show("status")["updates_dropped"]
             >= 33500, "refusals", 30)
    member.send(lease4("192.168.44.213", "02:00:00:00:ef:09"))
    for d in daemons.values():
        lab.wait(lambda d=d: has_lease(d, "192.168.44.213"), "a lease", 10)
        assert d.show("status")["routers"] == 3
    assert {name: d.processes() for name, d in daemons.items()} == before
    said = [x for x in daemons["r1"].log().splitlines()
            if "refused: a router datum from version 1" in x]
    assert len(said) == 1, said
    # Those that are there in truth still are, and have their next hops.
    for d in daemons.values():
        assert {"core", "r1", "r2"} <= {r["router"] for r in d.show("routers")}
    member.die()


def test_a_flood_is_read_slowly_and_nothing_of_it_is_lost(net):
    lab, d = net.lab, net.daemons["r1"]
    d.conf.extra = ["limit updates 2000"]
    d.reload()
    flooding = V1Node.connect(lab, "core", R1, octet_by_octet=False)
    key = bytes([2]) + bytes.fromhex("020000ef0000")
    flood = b"".join(update(seqno, 600, key, b"") for seqno in range(12000))
    last = lease4("192.168.44.211", "02:00:00:00:ef:02")
    begin = time.monotonic()
    flooding.send(flood + last)
    good = V1Node.connect(lab, "core", R1, octet_by_octet=False)
    good.send(lease4("192.168.44.212", "02:00:00:00:ef:03"))
    lab.wait(lambda: has_lease(d, "192.168.44.212"), "another's lease", 2)
    assert not has_lease(d, "192.168.44.211")
    lab.wait(lambda: has_lease(d, "192.168.44.211"), "the end of it", 15)
    # 12,000 of which 4,000 were free, at 2,000 a second.
    assert 3 < time.monotonic() - begin < 8
    assert any(p["limits"] > 0 for p in d.show("peers"))
    d.conf.extra = []
    d.reload()
    flooding.die()
    good.die()


def test_a_stopped_peer_is_cut_and_resynchronised(two):
    lab, core, r1, r2 = (two.lab, two.daemons["core"], two.daemons["r1"],
                         two.daemons["r2"])
    # All of it: an engine alone that stands still would be ended.
    pids = r1.processes().values()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    try:
        node = V1Node.connect(lab, "core", "10.1.2.2", octet_by_octet=False)
        node.send(lease4("192.168.44.213", "02:00:00:00:ef:04"))
        # The rest of the network does not wait for it.
        lab.wait(lambda: has_lease(core, "192.168.44.213"), "core", 2)
        lab.wait(lambda: core.peers_up(1) and not core.peers_up(2),
                 "core has cut r1", 12)
        assert time.monotonic() - begin < 11.5
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    lab.wait(lambda: has_lease(r1, "192.168.44.213"), "r1 has all again", 15)
    lab.wait(lambda: r1.peers_up(1), "its session", 15)
    assert r2.peers_up(1)
    node.die()
