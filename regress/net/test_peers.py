# SPDX-License-Identifier: ISC
"""Peers by name, and peers that are found: routers on one link, each alone in
its namespace and without stations."""

import hashlib
import hmac
import os
import re
import select
import shutil
import socket
import struct
import threading
import time

import pytest

from lab import netns
from lab.ca import CA
from lab.daemon import Conf, Sroamd
from lab.identity import identity_with, router_id

GROUP = "ff12::4444"


class Link:
    """n routers on one bridge; addresses 10.2.0.N."""

    def __init__(self, lab, n):
        self.lab, self.names = lab, [f"n{i + 1}" for i in range(n)]
        lab.add_ns("sw", *self.names)
        lab.batch("sw", "link add br0 type bridge mcast_snooping 0\n"
                  "link set br0 up\n")
        self.daemons = {}
        for i, ns in enumerate(self.names, 1):
            lab.sysctl(ns, net__ipv6__conf__default__accept_dad=0)
            lab.veth("sw", ns, ns, "eth0")
            lab.batch("sw", f"link set {ns} master br0 up")
            lab.batch(ns, f"link set eth0 up\naddr add 10.2.0.{i}/24 dev eth0")

    def daemon(self, ns, *peers, extra=(), listen="*", hosts=None,
               resolv=None):
        conf = Conf(self.lab, ns, peers=peers, iface=None, extra=extra)
        conf.listen = listen
        d = Sroamd(self.lab, conf)
        # ip netns exec binds them over /etc
        path = f"/etc/netns/{self.lab.ns_name(ns)}"
        for name, text in (("hosts", hosts), ("resolv.conf", resolv)):
            if text is None:
                continue
            os.makedirs(path, exist_ok=True)
            with open(f"{path}/{name}", "w", encoding="ascii") as f:
                f.write(text)
            self.lab.closers.append(
                lambda: shutil.rmtree(path, ignore_errors=True))
        self.daemons[ns] = d
        return d

    def stop(self):
        for d in self.daemons.values():
            if d.proc and d.proc.running():
                d.stop()
        self.daemons.clear()


@pytest.fixture(scope="module")
def link(module_lab):
    return Link(module_lab, 3)


@pytest.fixture(autouse=True)
def ended(link):
    yield
    link.stop()


def peer(d, **want):
    for p in d.show("peers"):
        if all(p.get(k) == v for k, v in want.items()):
            return p
    return None


def up(lab, d, timeout=15, **want):
    return lab.wait(lambda: peer(d, state="up", **want),
                    f"{d.conf.name}: a session {want}", timeout, 0.05)


# Both sides have a line


def test_the_line_of_a_peer_that_has_connected_to_us_says_so(link):
    a = link.daemon("n1", "10.2.0.2")
    b = link.daemon("n2", "10.2.0.1")
    a.start()
    b.start()

    def other_way():
        return [(d, p) for d in (a, b) for p in d.show("peers")
                if p["state"] == "other way"]
    d, line = link.lab.wait(lambda: len(other_way()) == 1 and other_way()[0],
                            "one of the two lines", 15)
    other = "n2" if d is a else "n1"
    assert line["router"] == other and not line["error"], line
    assert peer(d, state="up", router=other)["inbound"]
    text = d.ctl("show", "metrics")
    assert f'router="{other}",address="10.2.0.' in text
    assert len([x for x in text.splitlines()
                if x.startswith("sroamd_peer_state{") and
                x.endswith('is="up"} 1')]) == 1
    assert 'is="up"} 0' not in text
    done = d.ctl_raw("clear", "router", other)
    assert done.returncode == 1 and "was heard of " in done.stderr
    done = d.ctl_raw("clear", "router", "n9")
    assert done.stderr.strip() == "sroamctl: n9: no such router"
    # One that is down keeps the name that an alert needs.
    (b if d is a else a).stop()
    rec = link.lab.wait(lambda: peer(d, configured=True, state="idle"),
                        "it is idle", 15)
    assert rec["router"] == other
    assert f'router="{other}",address="10.2.0.{other[1]}",is="up"}} 0' in \
        d.ctl("show", "metrics")


@pytest.mark.release
def test_sessions_that_end_soon_again_and_again_hint_at_large_packets(link):
    """As small ones pass an MTU hole, and all behind a large one wait."""
    n2 = link.daemon("n2").start()
    d = link.daemon("n1", "10.2.0.2").start()
    hint = "not heard for 10 s, and again: do large packets pass?"
    for cut in 1, 2, 3:
        up(link.lab, d)
        assert hint not in d.log()
        link.lab.run("nft", "-f", "-", ns="n1", input="""table inet hole {
            chain in {
                type filter hook input priority 0; tcp sport 4444 drop;
            }
        }""")
        rec = link.lab.wait(lambda c=cut: peer(d, cuts=c), "it is cut", 25)
        link.lab.run("nft", "delete", "table", "inet", "hole", ns="n1")
    assert hint in d.log() and rec["error"] == hint
    n2.stop()


# Names


def test_a_name_is_resolved_and_both_are_shown(link):
    link.daemon("n2").start()
    d = link.daemon("n1", "ap2.example",
                    hosts="10.2.0.9 ap2.example\n10.2.0.2 ap2.example\n")
    d.start()
    rec = up(link.lab, d, host="ap2.example")
    assert rec["address"] == "10.2.0.2" and rec["configured"]
    assert "named ap2.example" in d.ctl("show", "peers")


def test_a_name_is_resolved_again_after_a_failure(link):
    link.daemon("n2").start()
    d = link.daemon("n1", "ap2.example", hosts="127.0.0.1 localhost\n")
    d.start()
    rec = link.lab.wait(lambda: peer(d, state="idle", failures=1),
                        "a failure", 10)
    assert rec["error"] and rec["address"] is None
    with open(f"/etc/netns/{link.lab.ns_name('n1')}/hosts", "a",
              encoding="ascii") as f:
        f.write("10.2.0.2 ap2.example\n")
    up(link.lab, d, host="ap2.example")
    assert "peer ap2.example port 4444: " in d.log()


@pytest.mark.parametrize("san,good", [
    (["DNS:ap2.lan.example"], True), (["DNS:*.lan.example"], True),
    (["DNS:ap3.lan.example"], False), (["IP:10.2.0.2"], False)])
def test_a_peer_with_a_name_has_a_certificate_for_the_name(link, san, good):
    """Whoever leads the name elsewhere leads to somebody without it; a common
    name does not count."""
    ca = CA(link.lab, "ca" + re.sub(r"\W", "", san[0]))
    n2 = link.daemon("n2")
    n2.conf.tls = ca.statement("ap2.lan.example", None, san=san)
    d = link.daemon("n1", "ap2.lan.example", hosts="10.2.0.2 ap2.lan.example\n")
    d.conf.tls = ca.statement("ap1.lan.example", "10.2.0.1")
    n2.start(wait=False)
    d.start()
    if good:
        up(link.lab, d, host="ap2.lan.example")
        return
    link.lab.wait(lambda: "hostname mismatch" in str(peer(d).get("error")),
                  "the reason", 10)
    assert not peer(d, state="up")


def test_neighbours_with_certificates_that_name_them(link):
    ca = CA(link.lab, "auto")
    ids = []
    for i, ns in enumerate(link.names, 1):
        d = link.daemon(ns, "auto on eth0")
        d.conf.identity = identity_with(i)
        ids.append(router_id(d.conf.identity))
        d.conf.tls = ca.statement(
            ns, "10.9.9.9", san=["URI:sroam:" + ids[-1]] if i < 3 else [])
        d.start(wait=False)
    n1, n2, n3 = (link.daemons[ns] for ns in link.names)
    up(link.lab, n1, router_id=ids[1])
    # The third's names nobody, so nobody who connected to it has a session.
    link.lab.wait(lambda: "its certificate names no router id" in
                  n1.log() + n2.log(), "the reason", 20)
    assert not peer(n3, state="up")


def test_names_are_resolved_by_a_process_without_privileges(link):
    link.daemon("n2").start()
    d = link.daemon("n1", "ap2.example", hosts="10.2.0.2 ap2.example\n")
    d.start()
    up(link.lab, d, host="ap2.example")     # so it is where it wants to be
    with open(f"/proc/{d.processes()['resolver']}/status",
              encoding="ascii") as f:
        st = dict(line.rstrip("\n").split(":\t", 1) for line in f)
    assert st["Uid"].split() == ["65534"] * 4
    assert int(st["CapPrm"], 16) == int(st["CapEff"], 16) == 0
    assert st["NoNewPrivs"] == "1" and st["Seccomp"] == "2"


class NameServer:
    """Knows one name; what comes by UDP it wants by TCP, RFC 7766."""

    def __init__(self, ns, addr, answer):
        self.answer = socket.inet_aton(answer)
        with netns.inside(ns):
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.tcp = socket.socket()
        self.udp.bind((addr, 53))
        self.tcp.bind((addr, 53))
        self.tcp.listen(5)
        self.asked = {"udp": 0, "tcp": 0}
        self.ended = False
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def reply(self, query, flags):
        full = flags & 0x0200 == 0
        question = query[12:query.index(0, 12) + 5]
        wants4 = question[-4:-2] == b"\0\1"
        out = query[:2] + struct.pack("!5H", flags, 1,
                                      int(full and wants4), 0, 0) + question
        if full and wants4:
            out += struct.pack("!HHHIH", 0xc00c, 1, 1, 60, 4) + self.answer
        return out

    def serve(self):
        while not self.ended:
            for s in select.select([self.udp, self.tcp], [], [], 0.1)[0]:
                if s is self.udp:
                    query, who = s.recvfrom(512)
                    self.asked["udp"] += 1
                    s.sendto(self.reply(query, 0x8380), who)
                    continue
                with s.accept()[0] as c:
                    c.settimeout(2)
                    with c.makefile("rwb") as f:
                        while len(n := f.read(2)) == 2:
                            query = f.read(struct.unpack("!H", n)[0])
                            self.asked["tcp"] += 1
                            out = self.reply(query, 0x8180)
                            f.write(struct.pack("!H", len(out)) + out)
                            f.flush()

    def close(self):
        self.ended = True
        self.thread.join(5)
        self.udp.close()
        self.tcp.close()


def test_a_name_is_asked_for_by_dns_by_udp_and_tcp(link):
    link.daemon("n2").start()
    server = NameServer(link.lab.ns_name("n3"), "10.2.0.3", "10.2.0.2")
    try:
        d = link.daemon("n1", "ap2.lan.example", hosts="",
                        resolv="nameserver 10.2.0.3\n")
        d.start()
        up(link.lab, d, host="ap2.lan.example")
        assert server.asked["udp"] > 0 and server.asked["tcp"] > 0
    finally:
        server.close()


def test_without_names_there_is_no_resolver_and_a_reload_makes_none(link):
    link.daemon("n2").start()
    d = link.daemon("n1", "10.2.0.2", hosts="10.2.0.2 ap2.example\n")
    d.start()
    up(link.lab, d, address="10.2.0.2")
    assert set(d.processes()) == {"parent", "signer", "engine", "frontend"}
    d.conf.peers = ["ap2.example"]
    d.write_conf()
    done = d.ctl_raw("reload")
    assert done.returncode == 1
    assert "peer names: a change needs a restart" in done.stderr + done.stdout
    assert peer(d, address="10.2.0.2", state="up")
    d.conf.peers = ["10.2.0.2"]
    d.reload()
    assert d.stop() == 0
    assert "resolver" not in d.log()


# Where connections come from

@pytest.fixture
def loopbacks(link):
    """n2 has a way back to 10.7.0.1 of n1, and to no address of the link."""
    lab = link.lab
    for i in (1, 2):
        lab.ip(f"n{i}", "addr", "add", f"10.7.0.{i}/32", "dev", "lo")
        lab.ip(f"n{i}", "route", "add", f"10.7.0.{3 - i}", "via",
               f"10.2.0.{3 - i}", "dev", "eth0", "onlink")
    lab.ip("n2", "route", "del", "10.2.0.0/24")
    yield
    lab.ip("n2", "route", "add", "10.2.0.0/24", "dev", "eth0")
    for i in (1, 2):
        lab.ip(f"n{i}", "route", "del", f"10.7.0.{3 - i}")
        lab.ip(f"n{i}", "addr", "del", f"10.7.0.{i}/32", "dev", "lo")


def test_the_router_address_is_tried_first(link, loopbacks):
    """Nobody answers to the link's address, which nobody waits for."""
    n2 = link.daemon("n2").start()
    d = link.daemon("n1", "10.7.0.2")
    d.conf.addrs = ["10.7.0.1"]
    d.start()
    up(link.lab, d, address="10.7.0.2")
    assert peer(n2, address="10.7.0.1", state="up")
    n2.stop()
    n2.start()
    begin = time.monotonic()
    up(link.lab, d, address="10.7.0.2")
    assert time.monotonic() - begin < 3.5


def test_connections_come_from_the_given_address(link, loopbacks):
    n2 = link.daemon("n2").start()
    d = link.daemon("n1", extra=["peer 10.7.0.2 no tls from 10.7.0.9"])
    d.start()
    link.lab.wait(lambda: "Cannot assign" in str(
        peer(d, address="10.7.0.2").get("error")), "an error", 5)
    link.lab.ip("n1", "addr", "add", "10.7.0.9/32", "dev", "lo")
    link.lab.ip("n2", "route", "add", "10.7.0.9", "via", "10.2.0.1", "dev",
                "eth0", "onlink")
    up(link.lab, d, address="10.7.0.2")
    assert peer(n2, address="10.7.0.9", state="up")


# Neighbours

def test_neighbours_find_each_other_and_one_of_two_connects(link):
    lab = link.lab
    for ns in link.names:
        link.daemon(ns, "auto on eth0").start()
    for ns in link.names:
        d = link.daemons[ns]
        lab.wait(lambda d=d: len([p for p in d.show("peers")
                                  if p["state"] == "up"]) == 2,
                 f"{ns}: two sessions", 15, 0.05)
    everyone = [p for d in link.daemons.values() for p in d.show("peers")]
    assert len(everyone) == 6
    found = [p for p in everyone if p["automatic"]]
    assert len(found) == 3 and all(
        p["host"] == "eth0" and p["address"].startswith("fe80:")
        and not p["configured"] for p in found)
    d = link.daemons["n1"]
    assert "neighbour" in d.log() and "found on eth0" in "".join(
        x.ctl("show", "peers") for x in link.daemons.values())
    assert len(d.show("routers")) == 3


def test_neighbours_with_a_secret_hear_only_those_that_have_it(link):
    """In the middle of a change of secrets, too; a stranger has neither."""
    old, new, other = (f'tls psk "{c}0123456789abcdef{c}"' for c in "uvw")
    for ns, tls in zip(link.names, ((old, new), (new, old), (other,))):
        d = link.daemon(ns, "auto on eth0")
        d.conf.tls = list(tls)
        d.start()
    for ns in ("n1", "n2"):
        rec = up(link.lab, link.daemons[ns])
        assert rec["tls_version"] == "TLSv1.3"
    stranger = link.daemons["n3"]
    link.lab.wait(lambda: stranger.show("status")["hellos_bad"] >= 2,
                  "the unknown router is reported", 15, 0.05)
    assert "has another key" in stranger.log()
    assert not stranger.show("peers")
    for ns in ("n1", "n2"):
        assert len(link.daemons[ns].show("peers")) == 1


def test_a_neighbour_that_restarts_is_found_again(link):
    for ns in ("n1", "n2"):
        link.daemon(ns, "auto on eth0").start()
    for ns in ("n1", "n2"):
        up(link.lab, link.daemons[ns])
    for ns in ("n1", "n2"):
        link.daemons[ns].stop()
        link.daemons[ns].start()
        for d in link.daemons.values():
            up(link.lab, d, 20)


def test_an_interface_that_goes_and_comes_is_used_again(link):
    lab = link.lab
    lab.add_ns("n4")
    d1 = link.daemon("n1", "auto on eth0").start()
    d = link.daemon("n4", "auto on eth0").start()
    assert "peer auto on eth0: No such device" in d.log()
    lab.sysctl("n4", net__ipv6__conf__default__accept_dad=0)
    for again in (False, True):
        lab.veth("sw", "n4", "n4", "eth0")
        lab.batch("sw", "link set n4 master br0 up")
        lab.batch("n4", "link set eth0 up")
        up(lab, d, 40)
        if again:
            break
        lab.ip("sw", "link", "del", "n4")
        lab.wait(lambda: not peer(d, state="up"), "the session ends", 15)
    assert d1.proc.running()


def test_one_without_a_listener_of_its_own_connects(link):
    """Whichever has the smaller id."""
    for port, order in ((1, ("n1", "n2")), (2, ("n2", "n1"))):
        del port
        link.daemon(order[0], "auto on eth0").start()
        d = link.daemon(order[1], "auto on eth0", listen=None).start()
        up(link.lab, d, automatic=True)
        link.stop()


class Neighbour:
    """A stranger on the link, with or without the key."""

    def __init__(self, lab, ns, key=bytes(32)):
        with netns.inside(lab.ns_name(ns)):
            self.sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            index = socket.if_nametoindex("eth0")
        self.sock.setsockopt(socket.IPPROTO_IPV6,
                             socket.IPV6_MULTICAST_HOPS, 255)
        self.to = (GROUP, 4444, 0, index)
        self.key = hmac.new(key, b"sroam neighbour", hashlib.sha256).digest()

    def message(self, router, port=4444, stamp=None):
        stamp = int(time.time() * 1000) if stamp is None else stamp
        body = struct.pack(">BBH8sQ", 44, 2, port, router, stamp)
        return body + hmac.new(self.key, body, hashlib.sha256).digest()

    def send(self, data):
        self.sock.sendto(data, self.to)

    def listen(self, lab, ns, port=4444):
        with netns.inside(lab.ns_name(ns)):
            sock = socket.socket(socket.AF_INET6)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("::", port))
        sock.listen(8)
        sock.settimeout(3)
        return sock


HIGH = bytes.fromhex("feffffffffffff01")


def count(d, key):
    return d.show("status")[key]


def test_what_has_not_the_key_is_counted_and_said_once(link):
    lab = link.lab
    d = link.daemon("n1", "auto on eth0").start()
    before = len(d.log())       # of other tests, too
    lab.wait(lambda: "fe80" in lab.run("ip", "-6", "addr", "show", "dev",
                                       "eth0", ns="n3"), "address")
    stranger = Neighbour(lab, "n3", key=b"x" * 32)
    listener = stranger.listen(lab, "n3")
    good = stranger.message(HIGH)

    def sent():
        for data in (good, good[:-1], b"", b"\x2c\x01\0\0", good + b"\0"):
            stranger.send(data)
        return count(d, "hellos_bad") >= 5
    lab.wait(sent, "refused messages", 10, 0.3)
    with pytest.raises(TimeoutError):
        listener.accept()
    lines = [x for x in d.log()[before:].splitlines() if "another key" in x
             or "no message of ours" in x]
    assert len(lines) == 1 and "fe80:" in lines[0]
    assert not d.show("peers")
    listener.close()


def test_an_old_message_sent_again_changes_nothing(link):
    lab = link.lab
    d = link.daemon("n1", "auto on eth0").start()
    other = Neighbour(lab, "n3")
    listener = other.listen(lab, "n3")
    message = other.message(HIGH)
    other.send(message)
    sock, who = listener.accept()
    assert who[0].startswith("fe80:")
    before = count(d, "hellos_old")
    for _ in range(3):
        other.send(message)
    other.send(other.message(HIGH, port=5555, stamp=1))
    lab.wait(lambda: count(d, "hellos_old") >= before + 4, "counted", 5)
    assert len(d.show("peers")) == 1
    sock.close()
    listener.close()


def test_a_crowd_of_neighbours_is_limited(link):
    lab = link.lab
    d = link.daemon("n1", "auto on eth0").start()
    other = Neighbour(lab, "n3")
    for i in range(500):
        other.send(other.message(struct.pack(">Q", 0xfe << 56 | i),
                                 port=6000 + i))
        if i % 50 == 49:
            time.sleep(0.02)        # its buffer, not its limit, is small
    lab.wait(lambda: "more than 64 neighbours" in d.log(), "the limit", 5)
    assert len(d.show("peers")) == 64
    # They are forgotten, and ones that are there are found.
    link.daemon("n2", "auto on eth0").start()
    lab.wait(lambda: len(d.show("peers")) < 3, "they go", 40, 0.5)
    up(lab, link.daemons["n2"], 15)


def test_our_own_id_on_the_link_is_said(link):
    lab = link.lab
    d = link.daemon("n1", "auto on eth0").start()
    other = Neighbour(lab, "n3")
    own = d.show("status")["router_id"]
    other.send(other.message(bytes.fromhex(own.replace(":", ""))))
    lab.wait(lambda: "has our router id" in d.log(), "a line", 5)
    assert not d.show("peers")


# What fails, and comes back

def retry(d):
    """Seconds until the peer is tried again, or None while it is tried."""
    rec = peer(d, configured=True)
    return rec.get("retry_seconds") if rec["state"] == "idle" else None


def test_a_peer_that_refuses_is_tried_every_five_seconds(link):
    d = link.daemon("n1", "10.2.0.2")       # nobody listens there
    d.start()
    most = 0

    def failed():
        nonlocal most
        most = max(most, retry(d) or 0)
        return peer(d, configured=True)["failures"] >= 6
    link.lab.wait(failed, "six refusals", 40, 0.1)
    assert 3 <= most <= 5, most


@pytest.mark.parametrize("target,route", [
    ("10.0.0.2", ("10.0.0.2/32", "via", "10.2.0.2")),
    ("10.0.0.2", ("default", "via", "10.2.0.2")),
    ("2001:db8::2", ("2001:db8::/32", "via", "2001:db8:2::2"))],
    ids=["host", "default", "ipv6"])
def test_a_route_that_appears_ends_the_wait(link, target, route):
    lab, n1 = link.lab, lambda *a: link.lab.ip("n1", *a)
    lab.ip("n2", "addr", "add", target, "dev", "lo")
    for ns, addr in (("n1", "2001:db8:2::1/64"), ("n2", "2001:db8:2::2/64")):
        lab.ip(ns, "addr", "add", addr, "dev", "eth0", "nodad")
    try:
        link.daemon("n2").start()
        d = link.daemon("n1", target)
        d.start()
        lab.wait(lambda: (retry(d) or 0) >= 3, "a long wait", 40, 0.05)
        fails = peer(d, configured=True)["failures"]
        n1("route", "add", *route)
        up(lab, d, 2, address=target)
        assert peer(d, configured=True)["failures"] == fails
        assert "unreachable" in d.log()
    finally:
        lab.run("ip", "-n", lab.ns_name("n1"), *(("-6",) if ":" in target
                else ()), "route", "del", *route, check=False)
        lab.ip("n2", "addr", "del", target, "dev", "lo")
        for ns, addr in (("n1", "2001:db8:2::1/64"),
                         ("n2", "2001:db8:2::2/64")):
            lab.ip(ns, "addr", "del", addr, "dev", "eth0")


DEAF = """table inet deaf {
chain i {
type filter hook prerouting priority -300;
iifname "e0" drop
}
chain o {
type filter hook postrouting priority 300;
oifname "e0" drop
}
}
"""


def test_a_session_moves_with_the_routes_to_its_router(lab):
    """r1 and r2 have a link, and another way by r3.  The link falls deaf,
    with its carrier; the session goes on by the other way."""
    routers = ["r1", "r2", "r3"]
    lab.add_ns(*routers)
    for i, r in enumerate(routers, 1):
        lab.sysctl(r, net__ipv4__ip_forward=1, net__ipv4__conf__all__rp_filter=0,
                   net__ipv4__conf__default__rp_filter=0)
        lab.batch(r, f"addr add 10.0.0.{i}/32 dev lo\nlink set lo up")
    for k, (a, b) in enumerate([("r1", "r2"), ("r1", "r3"), ("r3", "r2")]):
        lab.veth(a, f"e{k}", b, f"e{k}")
        for h, r in ((1, a), (2, b)):
            lab.batch(r, f"link set e{k} up\naddr add 10.3.{k}.{h}/30 dev e{k}")
    lab.batch("r1", "route add 10.0.0.2 via 10.3.0.2\n"
              "route add 10.3.2.0/30 via 10.3.1.2")
    lab.batch("r2", "route add 10.0.0.1 via 10.3.0.1\n"
              "route add 10.3.1.0/30 via 10.3.2.1")
    lab.batch("r3", "route add 10.0.0.1 via 10.3.1.1\n"
              "route add 10.0.0.2 via 10.3.2.2")
    daemons = {}
    for i, r in enumerate(routers[:2], 1):
        conf = Conf(lab, r, addrs=[f"10.0.0.{i}"], iface=None,
                    peers=["10.0.0.2"] if i == 1 else [])
        daemons[r] = Sroamd(lab, conf)
        daemons[r].start()
    r1, r2 = daemons["r1"], daemons["r2"]
    rec = up(lab, r1, address="10.0.0.2")
    lab.run("nft", "-f", "-", ns="r1", input=DEAF)
    lab.batch("r1", "route replace 10.0.0.2 via 10.3.1.2")
    lab.batch("r2", "route replace 10.0.0.1 via 10.3.2.1")
    r2.conf.addrs.append("2001:db8::2")
    r2.reload()                     # of which its peer is to hear
    lab.wait(lambda: any(r.get("address_ipv6") == "2001:db8::2"
                         for r in r1.show("routers")),
             "news by the other way", 30)
    assert "session ended" not in r1.log() + r2.log()
    assert peer(r1, state="up")["connects"] == rec["connects"]
