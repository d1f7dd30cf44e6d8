# SPDX-License-Identifier: ISC
"""Whose an address or a prefix is, is what the lease says: no frame of another
station with its own MAC address, at the same router or at another one, takes a
packet away.

Two routers serve stations by a bridge, or by a bare interface behind which is
a switch of its own.  The victim is at r1, the thief at either.
"""

import socket
import threading
import time

import pytest

from lab import Network, frames, netns, theft
from lab.air import Air
from lab.fixtures import opened
from lab.netns import PacketSocket
from lab.theft import Chatter, Ear, Scene, leases, renew
from lab.topology import SERVER4

POOL = "2001:db8:8000::/48"
EXTRA = ["dhcp6 delegate", f"prefix {POOL} delegate 60", "lease time 2h",
         "probe interval 10m"]


class BareNetwork(Network):
    """Stations come to a switch; the router has one end of a cable of it."""

    def links_of_stations(self):
        lab = self.lab
        switches = ["sw-" + r for r in self.routers]
        lab.add_ns(*switches)
        for sw, r in zip(switches, self.routers):
            lab.ip(sw, "link", "add", "roam0", "type", "bridge",
                   "mcast_snooping", "0", "forward_delay", "0")
            lab.veth(sw, "trunk", r, "wire0")
            lab.batch(sw, "link set trunk master roam0\nlink set trunk up\n"
                      "link set roam0 up\n")
            lab.ip(r, "link", "set", "wire0", "up")
        return Air(lab, switches, self.stations)

    def conf(self, ns, **kw):
        if ns != "core":
            kw.update(iface="wire0", stations="packets")
        return super().conf(ns, **kw)

    def at(self, router):
        return "sw-" + router


@pytest.fixture(scope="module", params=["bridge", "bare"])
def scene(request):
    kind = Network if request.param == "bridge" else BareNetwork
    for lab in opened(request.param):
        net = kind(lab, routers=2, stations=3)
        net.wait_igp()
        net.start("core", extra=EXTRA)
        net.start(*net.routers, extra=EXTRA)
        net.wait_peers()
        for sta in ("sta1", "sta2"):
            net.air.move(sta, getattr(net, "at", str)("r1"))
        scene = Scene(net)
        scene.where = getattr(net, "at", str)
        yield scene
        scene.close()


def put(scene, **places):
    """Stations to routers, and until they are there for the daemon."""
    net = scene.net
    for sta, router in places.items():
        if net.air.at[sta] != scene.where(router):
            net.air.move(sta, scene.where(router))
        # Without a link layer that reports it, its ARP tells where it is.
        net.lab.ip(sta, "neigh", "flush", "dev", net.station_if)
        net.lab.ping(sta, SERVER4)
        net.lab.wait(lambda s=sta, r=router: net.daemons[r].has_station_here(
            net.mac(s)), f"{sta} at {router}", 10, 0.05)


class Silence:
    """Nothing that the station says gets out of its cable."""
    rules = """table bridge silence
        delete table bridge silence
        """

    def __init__(self, net, station):
        self.net, self.station = net, station

    def nft(self, text):
        self.net.lab.run("nft", "-f", "-", ns="air", input=text)

    def __enter__(self):
        self.nft(self.rules + """table bridge silence {
            chain frames {
                type filter hook forward priority 0
                iifname "%s" drop
            }
        }
        """ % self.station)

    def __exit__(self, *exc):
        self.nft(self.rules)


@pytest.mark.parametrize("manner", [Silence, Chatter],
                         ids=["silent", "speaking"])
@pytest.mark.parametrize("where", ["r1", "r2"], ids=["same", "other"])
def test_no_frame_with_its_own_mac_takes_a_packet(scene, where, manner):
    put(scene, sta1="r1", sta2=where)
    with manner(scene.net, "sta1"):
        scene.strike("r1", where)
    renew(scene.net, "sta1")


def test_who_still_answers_has_not_released_its_address(scene):
    """A RELEASE in the name of a station, from its own port."""
    net, v = scene.net, scene.victim
    put(scene, sta1="r1", sta2="r1")
    daemon, key = net.daemons["r1"], "dhcp_still_used"
    before, count = leases(net, "r1", "sta1"), daemon.show("interfaces")[0]
    raw = PacketSocket(net.lab.ns_name("sta1"), net.station_if)
    body = frames.bootp(v.hw, b"\x35\1\7" + theft.option(
        54, socket.inet_aton(theft.GATEWAY4)) + b"\xff", ciaddr=v.v4)
    scene.begin()
    raw.send(frames.ipv4_udp(v.hw, body, 68, 67, saddr=v.v4,
                             daddr=theft.GATEWAY4, dst=theft.GATEWAY))
    raw.close()
    end = time.monotonic() + 4
    while time.monotonic() < end:
        assert scene.packets(0.01) == 0
    assert not scene.of("sta2")
    assert daemon.show("interfaces")[0][key] == count[key] + 1
    assert [x for x in daemon.log().splitlines()
            if f"station {v.hw} released {v.v4} and still uses it" in x]
    assert leases(net, "r1", "sta1") == before
    renew(net, "sta1")


def addressed(scene, addr):
    """Packets to an address where it is nobody's; none of them gets there."""
    if addr not in scene.socks:
        with netns.inside(scene.net.lab.ns_name("server")):
            scene.socks[addr] = socket.socket(
                socket.AF_INET6 if ":" in addr else socket.AF_INET,
                socket.SOCK_DGRAM)
    for _ in range(10):
        scene.send(addr)
        time.sleep(0.001)


@pytest.mark.parametrize("where", ["r1", "r2"])
def test_what_is_nobodys_here_is_not_the_thiefs(scene, where):
    """An address that is not leased, and those of a station that is away."""
    net, v = scene.net, scene.victim
    put(scene, sta1="r1", sta2=where)
    used = {x["prefix"].split("/")[0] for x in
            net.daemons["r1"].show("leases")}
    free = theft.Victim("02:00:00:00:00:77", next(
        a for a in (f"192.168.44.{n}" for n in range(2, 255))
        if a not in used), "2001:db8:44:7777::7", "fe80::7777")
    net.air.move("sta1", None, "replug")
    net.daemons["r1"].ctl("disassociate", net.mac("sta1"))
    net.lab.wait(lambda: not net.daemons["r1"].has_station_here(
        net.mac("sta1")), "the victim is away", 10, 0.05)
    kept, scene.socks = scene.socks, dict(scene.socks)
    scene.begin()
    try:
        for who in (free, v):
            for kind, rows in (("arps", theft.arps(net.mac("sta2"), who)),
                               ("nds", theft.nds(net.mac("sta2"), who,
                                                 who.v6))):
                for what, frame in rows:
                    scene.thief.send(frame)
                    time.sleep(theft.PACE[kind])
                    addressed(scene, who.v4 if kind == "arps" else who.v6)
                    assert not scene.of("sta2"), what
        time.sleep(0.5)
        assert not scene.of("sta2")
    finally:
        for addr in set(scene.socks) - set(kept):
            scene.socks[addr].close()
        scene.socks = kept
        net.air.move("sta1", scene.where("r1"), "replug")
        put(scene, sta1="r1")
        renew(net, "sta1")


def test_a_roam_is_no_moment_for_a_thief(scene):
    """He waits at the next router, and at the last one, and never rests."""
    net, v = scene.net, scene.victim
    put(scene, sta1="r1", sta2="r2")
    src, stop = net.mac("sta2"), threading.Event()
    rows = [f for gen in (theft.arps(src, v), theft.nds(src, v, v.v6),
                          theft.nds(src, v, v.way)) for _what, f in gen]

    def never_rests():
        while not stop.is_set():
            for frame in rows:
                scene.thief.send(frame)
                time.sleep(0.0005)
    thread = threading.Thread(target=never_rests, daemon=True)
    scene.begin()
    thread.start()
    try:
        for router in ("r2", "r1") * 4:
            net.air.move("sta1", scene.where(router))
            end = time.monotonic() + 0.7
            while time.monotonic() < end:
                for addr in scene.socks:
                    scene.send(addr)
                time.sleep(0.001)
            net.lab.run("ping", "-c1", "-W1", SERVER4, ns="sta1",
                        check=False)
            assert not scene.of("sta2"), f"roams to {router}"
    finally:
        stop.set()
        thread.join()
    assert len(scene.of("sta1")) > 1000


def answers_for_all(net, station, prefix, stop):
    """NA of this station for whatever is asked for, or might be."""
    src = net.mac(station)
    with netns.inside(net.lab.ns_name(station)):
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                            socket.htons(0x86dd))
        ear.bind((net.station_if, 0x86dd))
    ear.settimeout(0.005)
    out = PacketSocket(net.lab.ns_name(station), net.station_if)

    def run():
        while not stop.is_set():
            targets = [f"{prefix}99"]
            try:
                frame = ear.recv(2048)
                if frame[20] == 58 and frame[54] == 135:
                    targets.append(socket.inet_ntop(socket.AF_INET6,
                                                    frame[62:78]))
            except TimeoutError:
                pass
            for target in targets:
                for flags in (b"\x20", b"\x60"):
                    out.send(frames.icmp6(
                        src, b"\x88\0\0\0" + flags + bytes(3)
                        + frames.in6(target) + b"\2\1" + frames.mac(src),
                        target, theft.GATEWAY6, dst=theft.GATEWAY))
        ear.close()
        out.close()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_a_prefix_whose_link_local_address_is_not_known(scene):
    """A station that has said no more than a router solicitation from ::."""
    net = scene.net
    net.lab.sysctl("sta3", net__ipv6__conf__eth0__disable_ipv6=1)
    put(scene, sta2="r1")
    net.air.move("sta3", scene.where("r1"))
    raw = PacketSocket(net.lab.ns_name("sta3"), net.station_if)

    def prefix():
        raw.send(frames.solicitation(net.mac("sta3")))
        return next((p for p in leases(net, "r1", "sta3") if ":" in p), None)
    base = net.lab.wait(prefix, "sta3: a /64", 20, 1.1).split("/")[0]
    stop, ear = threading.Event(), Ear(net, "sta3")
    thread = answers_for_all(net, "sta2", base, stop)
    kept, scene.socks = scene.socks, dict(scene.socks)
    scene.begin()
    try:
        time.sleep(0.3)
        for _ in range(40):
            addressed(scene, base + "99")
            addressed(scene, base + "98")
        wanted = set(range(scene.first, scene.sent))
        net.lab.wait(lambda: wanted <= ear.listen(), "all at sta3", 5, 0.05)
        assert not scene.of("sta2")
    finally:
        stop.set()
        thread.join()
        scene.socks = kept
        raw.close()
        ear.close()
        net.air.move("sta3", None)
