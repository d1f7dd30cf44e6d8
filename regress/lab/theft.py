# SPDX-License-Identifier: ISC
"""Frames that name somebody else, and whether they take a packet from him.

Each generator gives (what it is, frame) for every way to say that an address
of the victim is at `src`, or to speak of it in the victim's name.  With the
own MAC address of the thief as src they say that the address has moved to him;
with the victim's, that the victim has moved.  A Scene sends packets to the
victim after each, and counts who gets them.
"""

import socket
import struct
import time

from . import frames, netns
from .frames import in6, mac
from .netns import PacketSocket
from .topology import SERVER4, SERVER6

GATEWAY, GATEWAY4, GATEWAY6 = "02:00:5e:00:53:44", "192.168.44.1", "fe80::44"
BROADCAST, NOBODY = "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"
ALL_NODES, ALL_ROUTERS = "ff02::1", "ff02::2"
DHCP6_SERVERS, DHCP6_MAC = "ff02::1:2", "33:33:00:01:00:02"
# RFC 2131, RFC 8415 7.3
DHCP = {1: "DISCOVER", 3: "REQUEST", 4: "DECLINE", 7: "RELEASE", 8: "INFORM"}
DHCP6 = {1: "SOLICIT", 3: "REQUEST", 4: "CONFIRM", 5: "RENEW", 6: "REBIND",
         8: "RELEASE", 9: "DECLINE", 11: "INFORMATION-REQUEST"}
# What a station may send in a row before it is over a limit of its own.
PACE = {"arps": 0.02, "nds": 0.05, "dhcps": 0.2, "dhcp6s": 0.2,
        "packets": 0.02}
EACH = 20                       # packets after each frame, to each address
ETH_P_ALL, ETH_P_IPV6 = 3, 0x86dd
PACKET_OUTGOING = 4
SO_RCVBUFFORCE, ROOM = 33, 8 << 20
MAGIC = struct.Struct("=8sI")
WORD = b"to-him-\n"


class Victim:
    """What is his: MAC address, IPv4, IPv6 and link-local address, a delegated
    prefix without its length and a client identifier, or None."""

    def __init__(self, hw, v4, v6, way, delegated=None, client=None):
        self.hw, self.v4, self.v6, self.way = hw, v4, v6, way
        self.delegated = delegated
        self.client = client or b"\1" + mac(hw)

    @property
    def inside(self):
        """An address in the delegated prefix, of a host behind him."""
        return self.delegated + "99" if self.delegated else None


def arps(src, v):
    """Every frame that says that his IPv4 address is at src, or asks so."""
    for dst in (BROADCAST, GATEWAY):
        for op in (1, 2):
            for target, target_mac in (
                    (GATEWAY4, GATEWAY), (GATEWAY4, NOBODY),
                    (v.v4, NOBODY),         # announcement
                    (v.v4, src),            # gratuitous
                    (v.v4, BROADCAST)):
                yield (f"ARP {op} to {dst} for {target} {target_mac}",
                       frames.arp(src, op, v.v4, target, dst, target_mac))
        yield (f"ARP probe to {dst}",
               frames.arp(src, 1, "0.0.0.0", v.v4, dst))
    # The link layer's source is src, the sender inside another.
    frame = frames.arp(v.hw, 2, v.v4, GATEWAY4, GATEWAY, GATEWAY)
    yield "ARP 2 of two senders", frame[:6] + mac(src) + frame[12:]


def group(addr):
    """The solicited-node group of an address, and its MAC address."""
    last = in6(addr)[13:]
    return ("ff02::1:ff%02x:%02x%02x" % tuple(last),
            "33:33:ff:%02x:%02x:%02x" % tuple(last))


def nds(src, v, addr):
    """Likewise of an IPv6 address; kinds of RFC 4861 that name a link-layer
    address."""
    own, its = b"\1\1" + mac(src), b"\2\1" + mac(src)
    all_nodes = ALL_NODES, "33:33:00:00:00:01"
    us, all_routers = (GATEWAY6, GATEWAY), (ALL_ROUTERS, "33:33:00:00:00:02")

    def to(body, where, saddr=addr):
        return frames.icmp6(src, body, saddr, where[0], dst=where[1])
    for flags in range(8):      # router, solicited, override
        body = b"\x88\0\0\0" + struct.pack("!I", flags << 29) + in6(addr)
        yield f"NA {flags} of {addr} to all", to(body + its, all_nodes)
        yield f"NA {flags} of {addr} to us", to(body + its, us)
        yield f"NA {flags} of {addr} without", to(body, us)
    ns = b"\x87\0\0\0" + bytes(4)
    for target in (GATEWAY6, addr):
        body = ns + in6(target) + own
        yield f"NS for {target} from {addr} to us", to(body, us)
        yield (f"NS for {target} from {addr} to its group",
               to(body, group(target)))
    # Duplicate address detection
    yield f"NS for {addr} from ::", to(ns + in6(addr), group(addr), "::")
    for where in (all_routers, us):
        yield (f"RS from {addr} to {where[0]}",
               to(b"\x85\0\0\0" + bytes(4) + own, where))
    yield (f"RA from {addr}", to(b"\x86\0\0\0\x40\0\x07\x08" + bytes(8) + own,
                                 all_nodes))
    # Of him, by himself; and by another way.
    for target in (addr, v.way):
        yield (f"redirect of {addr} to {target}", to(
            b"\x89\0\0\0" + bytes(4) + in6(target) + in6(addr) + its, us))


def option(code, value):
    return bytes([code, len(value)]) + value


def dhcps(src, v, server=GATEWAY4):
    """DHCP of each kind that names his address, his client identifier or his
    MAC address, broadcast and unicast."""
    want = option(50, socket.inet_aton(v.v4))
    ours, client = option(54, socket.inet_aton(server)), option(61, v.client)
    for kind, name in DHCP.items():
        head = option(53, bytes([kind]))
        for chaddr in dict.fromkeys((src, v.hw)):
            for what, options, ciaddr in (
                    ("requested", want, "0.0.0.0"),
                    ("requested, client id", want + client, "0.0.0.0"),
                    ("requested of us", want + ours, "0.0.0.0"),
                    ("ciaddr of us", ours + client, v.v4)):
                # A server identifier is in three kinds only.
                if "of us" in what and kind in (1, 8):
                    continue
                body = frames.bootp(chaddr, head + options + b"\xff",
                                    ciaddr=ciaddr)
                whose = "own" if chaddr == src else "his"
                frame = frames.ipv4_udp(
                    src, body, 68, 67, saddr=ciaddr,
                    **({"daddr": server, "dst": GATEWAY}
                       if ciaddr != "0.0.0.0" else {}))
                yield f"DHCP {name}, {whose} chaddr, {what}", frame
        if kind == 8:
            yield "DHCP INFORM, ciaddr", frames.ipv4_udp(
                src, frames.bootp(src, head + client + b"\xff", ciaddr=v.v4),
                68, 67, saddr=v.v4)
    yield "DHCP REQUEST, renewing, client id", frames.ipv4_udp(
        src, frames.bootp(src, option(53, b"\3") + client + b"\xff",
                          ciaddr=v.v4), 68, 67, saddr=v.v4)


def option6(code, value):
    return struct.pack("!HH", code, len(value)) + value


def dhcp6s(src, v, duid, way):
    """DHCPv6 of each kind that names his prefixes, his client identifier or
    his link-local address; of the server with this DUID.  way: the sender's
    own link-local address."""
    def ia_pd(prefix, plen):
        return option6(25, b"\0\0\0\1" + bytes(8) + option6(26, struct.pack(
            "!IIB", 3600, 7200, plen) + in6(prefix)))
    network = socket.inet_ntop(socket.AF_INET6, in6(v.v6)[:8] + bytes(8))
    ia_na = option6(3, b"\0\0\0\1" + bytes(8) + option6(
        5, in6(v.v6) + struct.pack("!II", 3600, 7200)))
    ias = ia_pd(network, 64) + (ia_pd(v.delegated, 60) if v.delegated else b"")
    for kind, name in DHCP6.items():
        for client in dict.fromkeys((src, v.hw)):
            body = bytes([kind]) + b"\0\0\1" \
                + option6(1, b"\0\3\0\1" + mac(client)) + option6(8, b"\0\0")
            if kind in (3, 5, 8, 9):
                body += option6(2, duid)
            if kind == 1:
                body += option6(14, b"")
            body += ia_na if kind == 4 else b"" if kind == 11 else ias
            for saddr in dict.fromkeys((way, v.way)):
                yield (f"DHCPv6 {name} from {saddr}, DUID of {client}",
                       frames.udp6(src, body, saddr, DHCP6_SERVERS,
                                   dst=DHCP6_MAC, hops=1))
    relayed = bytes([12, 0]) + in6("::") + in6(v.way) + option6(9, body)
    yield "DHCPv6 relayed", frames.udp6(src, relayed, way, DHCP6_SERVERS,
                                        dst=DHCP6_MAC, hops=1)


def packets(src, v, server4, server6):
    """Packets from his addresses, and what hosts and routers tell of them."""
    yield "UDP from his IPv4", frames.ipv4_udp(
        src, b"x", 9, 9, saddr=v.v4, daddr=server4, dst=GATEWAY)
    for addr in filter(None, (v.v6, v.inside)):
        yield f"UDP from {addr}", frames.udp6(
            src, b"x", addr, server6, 9, 9, dst=GATEWAY)
    yield "MLD report from his", frames.icmp6(
        src, b"\x8f\0\0\0\0\0\0\1\4\0\0\0" + in6(group(v.v6)[0]), v.way,
        "ff02::16", dst="33:33:00:00:00:16", hops=1)
    # RFC 792: of a host to the gateway, as if from another gateway.
    body = b"\5\1\0\0" + socket.inet_aton(v.v4) + b"\x45" + bytes(15) \
        + socket.inet_aton(server4) + socket.inet_aton(v.v4) + bytes(8)
    body = body[:2] + struct.pack("!H", frames.checksum(body)) + body[4:]
    yield "ICMP redirect", frames.ipv4(src, 1, body, v.v4, GATEWAY4,
                                       dst=GATEWAY)


class Ear:
    """Counts our packets that come in by a station's interface."""

    def __init__(self, net, station):
        with netns.inside(net.lab.ns_name(station)):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(ETH_P_ALL))
            self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
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

    def __init__(self, net, each=EACH):
        """Both are at a router."""
        self.net, self.each, self.sent, self.first = net, each, 0, 0
        self.addrs = {}
        for sta in ("sta1", "sta2"):
            if sta not in net.clients:
                net.client(sta, "udhcpc")
        for sta in ("sta1", "sta2"):
            self.addrs[sta] = net.wait_addresses(sta, 30)
        self.ears = {sta: Ear(net, sta) for sta in ("sta1", "sta2")}
        self.thief = PacketSocket(net.lab.ns_name("sta2"), net.station_if)
        self.own_way = linklocal(net, "sta2")
        self.duid, delegated = delegation(net, "sta1")
        self.victim = Victim(net.mac("sta1"), *self.addrs["sta1"],
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
        for _ in range(self.each):
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
            "arps": arps(src, v),
            "nds": [row for addr in (v.v6, v.way, v.inside)
                    for row in nds(src, v, addr)],
            "dhcps": dhcps(src, v),
            "dhcp6s": dhcp6s(src, v, self.duid, self.own_way),
            "packets": packets(src, v, SERVER4, SERVER6)}
        return sorted((n * PACE[kind], what, frame)
                      for kind, rows in kinds.items()
                      for n, (what, frame) in enumerate(rows))

    def strike(self, here, where):
        """Every frame, of the thief at one router, the victim at another."""
        net, frames_sent = self.net, 0
        before, over = leases(net, here, "sta1"), limited(net, where)
        addrs = net.addresses("sta1")
        self.begin()
        assert self.packets() == 0
        begin = time.monotonic()
        for due, what, frame in self.rows():
            time.sleep(max(0.002, begin + due - time.monotonic()))
            self.thief.send(frame)
            frames_sent += 1
            time.sleep(0.002)
            assert self.packets() == 0, what
            assert not self.of("sta2"), what
        # What comes of it later.
        time.sleep(1)
        assert self.packets() == 0
        assert not self.of("sta2")
        assert frames_sent > 100 and self.sent - self.first > 1000
        assert limited(net, where) == over, "a limit has kept frames away"
        assert leases(net, here, "sta1") == before
        assert net.addresses("sta1") == addrs == self.addrs["sta1"]


def linklocal(net, station):
    return net.lab.wait(lambda: next((
        a["local"] for link in net.lab.ip_json(
            station, "-6", "addr", "show", "dev", net.station_if)
        for a in link.get("addr_info", ()) if a["scope"] == "link"
        and not a.get("tentative")), None), f"{station}: a link-local address")


def delegation(net, station):
    """By DHCPv6, without a client: the server's DUID, and the prefix."""
    src, way = net.mac(station), linklocal(net, station)
    body = b"\1\0\0\2" + option6(1, b"\0\3\0\1" + mac(src)) \
        + option6(8, b"\0\0") + option6(14, b"") \
        + option6(25, b"\0\0\0\1" + bytes(8))
    out = PacketSocket(net.lab.ns_name(station), net.station_if)
    with netns.inside(net.lab.ns_name(station)):
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                            socket.htons(ETH_P_IPV6))
        ear.bind((net.station_if, ETH_P_IPV6))
    ear.settimeout(0.3)

    def reply():
        out.send(frames.udp6(src, body, way, DHCP6_SERVERS,
                             dst=DHCP6_MAC, hops=1))
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


def renew(net, station):
    """Its lease is its own as before."""
    client, addrs = net.clients[station], net.addresses(station)
    said = client.proc.text().count("\nrenew ")
    client.kick()
    net.lab.wait(lambda: client.proc.text().count("\nrenew ") > said,
                 f"{station} renews", 10, 0.05)
    assert net.addresses(station) == addrs


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
