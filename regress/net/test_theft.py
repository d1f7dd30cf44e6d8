# SPDX-License-Identifier: ISC
"""Whose an address or a prefix is, is what the lease says: no frame of another
station with its own MAC address, at the same router or at another one, takes a
packet away.

Two routers serve stations by a bridge, or by a bare interface behind which is
a switch of its own.  The victim is at r1, the thief at either.
"""

import socket
import struct
import threading
import time

import pytest

from lab import Network, frames, netns, theft
from lab.air import Air
from lab.fixtures import opened
from lab.netns import PacketSocket
from lab.topology import SERVER4, SERVER6

POOL = "2001:db8:8000::/48"
EXTRA = ["dhcp6 delegate", f"prefix {POOL} delegate 60", "lease time 2h",
         "probe interval 10m"]
EACH = 20                       # packets after each frame, to each address
ETH_P_ALL = 3
PACKET_OUTGOING = 4
MAGIC = struct.Struct("=8sI")
WORD = b"to-him-\n"


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


class Ear:
    """Counts our packets that come in by a station's interface."""

    def __init__(self, net, station):
        with netns.inside(net.lab.ns_name(station)):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(ETH_P_ALL))
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            self.sock.bind((net.station_if, ETH_P_ALL))
        self.sock.setblocking(False)
        self.numbers = set()

    def listen(self):
        while True:
            try:
                frame, addr = self.sock.recvfrom(2048)
            except BlockingIOError:
                return self.numbers
            at = frame.find(WORD)
            if at != -1 and addr[2] != PACKET_OUTGOING:
                self.numbers.add(MAGIC.unpack_from(frame, at)[1])

    def close(self):
        self.sock.close()


class Scene:
    """The victim, the thief, and packets from the server."""

    def __init__(self, net):
        self.net, self.sent, self.first = net, 0, 0
        self.where = getattr(net, "at", lambda r: r)
        self.addrs = {}
        for sta in ("sta1", "sta2"):
            net.air.move(sta, self.where("r1"))
            net.client(sta, "udhcpc")
        for sta in ("sta1", "sta2"):
            self.addrs[sta] = net.wait_addresses(sta, 30)
        self.ears = {sta: Ear(net, sta) for sta in ("sta1", "sta2")}
        self.thief = PacketSocket(net.lab.ns_name("sta2"), net.station_if)
        self.own_way = linklocal(net, "sta2")
        self.duid, delegated = delegation(net, "sta1")
        self.victim = theft.Victim(net.mac("sta1"), *self.addrs["sta1"],
                                   linklocal(net, "sta1"), delegated)
        with netns.inside(net.lab.ns_name("server")):
            self.socks = {
                a: socket.socket(socket.AF_INET6 if ":" in a
                                 else socket.AF_INET, socket.SOCK_DGRAM)
                for a in (self.victim.v4, self.victim.v6,
                          self.victim.inside)}
        for addr in self.socks:
            net.lab.wait(lambda a=addr: self.flows(a), f"packets to {addr}",
                         30, 0.2)

    def close(self):
        for sock in [*self.socks.values(), *self.ears.values(), self.thief]:
            sock.close()

    def send(self, addr):
        try:
            self.socks[addr].sendto(MAGIC.pack(WORD, self.sent), (addr, 9))
        except OSError:
            pass                # told by ICMP; what matters is who got it
        self.sent += 1

    def flows(self, addr):
        self.send(addr)
        time.sleep(0.05)
        return self.sent - 1 in self.ears["sta1"].listen()

    def begin(self):
        self.first = self.sent

    def of(self, station):
        return {n for n in self.ears[station].listen() if n >= self.first}

    def packets(self, pause=0.0):
        """To each of his addresses; those that he has not got."""
        begin = self.sent
        for _ in range(EACH):
            for addr in self.socks:
                self.send(addr)
            time.sleep(pause)
        wanted = set(range(begin, self.sent))
        end = time.monotonic() + 2
        while not wanted <= self.of("sta1") and time.monotonic() < end:
            time.sleep(0.005)
        return len(wanted - self.of("sta1"))

    def rows(self):
        """(When to send it at the earliest, what it is, frame), in order: as
        fast as no limit of the daemon is reached."""
        src, v = self.net.mac("sta2"), self.victim
        kinds = {
            "arps": theft.arps(src, v),
            "nds": [row for addr in (v.v6, v.way, v.inside)
                    for row in theft.nds(src, v, addr)],
            "dhcps": theft.dhcps(src, v),
            "dhcp6s": theft.dhcp6s(src, v, self.duid, self.own_way),
            "packets": theft.packets(src, v, SERVER4, SERVER6)}
        return sorted((n * theft.PACE[kind], what, frame)
                      for kind, rows in kinds.items()
                      for n, (what, frame) in enumerate(rows))


def linklocal(net, station):
    return net.lab.wait(lambda: next((
        a["local"] for link in net.lab.ip_json(
            station, "-6", "addr", "show", "dev", net.station_if)
        for a in link.get("addr_info", ()) if a["scope"] == "link"
        and not a.get("tentative")), None), f"{station}: a link-local address")


def delegation(net, station):
    """By DHCPv6, without a client: the server's DUID, and the prefix."""
    src, way = net.mac(station), linklocal(net, station)
    body = b"\1\0\0\2" + theft.option6(1, b"\0\3\0\1" + frames.mac(src)) \
        + theft.option6(8, b"\0\0") + theft.option6(14, b"") \
        + theft.option6(25, b"\0\0\0\1" + bytes(8))
    out = PacketSocket(net.lab.ns_name(station), net.station_if)
    with netns.inside(net.lab.ns_name(station)):
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                            socket.htons(0x86dd))
        ear.bind((net.station_if, 0x86dd))
    ear.settimeout(0.3)

    def reply():
        out.send(frames.udp6(src, body, way, theft.DHCP6_SERVERS,
                             dst=theft.DHCP6_MAC, hops=1))
        try:
            while True:
                frame = ear.recv(2048)
                if frame[20] == 17 and frame[54:56] == b"\2\x23":
                    return options6(frame[66:])
        except TimeoutError:
            return None
    got = net.lab.wait(reply, f"{station}: a delegated prefix", 20)
    ear.close()
    out.close()
    ia = options6(got[25][12:])
    return got[2], socket.inet_ntop(socket.AF_INET6, ia[26][9:25])


def options6(data):
    out = {}
    while len(data) >= 4:
        code, length = struct.unpack_from("!HH", data)
        out[code] = data[4:4 + length]
        data = data[4 + length:]
    return out


@pytest.fixture(scope="module", params=["bridge", "bare"])
def scene(request):
    kind = Network if request.param == "bridge" else BareNetwork
    for lab in opened(request.param):
        net = kind(lab, routers=2, stations=3)
        net.wait_igp()
        net.start("core", extra=EXTRA)
        net.start(*net.routers, extra=EXTRA)
        net.wait_peers()
        scene = Scene(net)
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


def renew(net, station):
    """Its lease is its own as before."""
    client, addrs = net.clients[station], net.addresses(station)
    said = client.proc.text().count("\nrenew ")
    client.kick()
    net.lab.wait(lambda: client.proc.text().count("\nrenew ") > said,
                 f"{station} renews", 10, 0.05)
    assert net.addresses(station) == addrs


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


class Chatter:
    """It sends a packet five times a second."""

    def __init__(self, net, station):
        self.net, self.station = net, station

    def __enter__(self):
        self.proc = self.net.lab.spawn(
            "chatter", ["ping", "-n", "-q", "-i", "0.2", SERVER4],
            ns=self.station)

    def __exit__(self, *exc):
        self.proc.stop()


def leases(net, router, station):
    return sorted(x["prefix"] for x in net.daemons[router].show("leases")
                  if x["mac"] == net.mac(station) and x["state"] == "valid")


def limited(net, router):
    return net.daemons[router].show("interfaces")[0]["limited"]


@pytest.mark.parametrize("manner", [Silence, Chatter],
                         ids=["silent", "speaking"])
@pytest.mark.parametrize("where", ["r1", "r2"], ids=["same", "other"])
def test_no_frame_with_its_own_mac_takes_a_packet(scene, where, manner):
    net, frames_sent = scene.net, 0
    put(scene, sta1="r1", sta2=where)
    before, over = leases(net, "r1", "sta1"), limited(net, where)
    scene.begin()
    assert scene.packets() == 0
    with manner(net, "sta1"):
        begin = time.monotonic()
        for due, what, frame in scene.rows():
            time.sleep(max(0.002, begin + due - time.monotonic()))
            scene.thief.send(frame)
            frames_sent += 1
            time.sleep(0.002)
            assert scene.packets() == 0, what
            assert not scene.of("sta2"), what
        # What comes of it later.
        time.sleep(1)
        assert scene.packets() == 0
    assert not scene.of("sta2")
    assert frames_sent > 100 and scene.sent - scene.first > 1000
    assert limited(net, where) == over, "a limit has kept frames away"
    assert leases(net, "r1", "sta1") == before
    assert net.addresses("sta1") == scene.addrs["sta1"]
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
