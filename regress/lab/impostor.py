# SPDX-License-Identifier: ISC
"""A station that plays the gateway: its frames, and who gets what another
station sends upstream meanwhile."""

import socket
import struct
import time

from . import frames, netns
from .daemon import GATEWAY4, GATEWAY6
from .frames import in6, mac
from .topology import SERVER4, SERVER6

EVERY, ALL_NODES = "ff:ff:ff:ff:ff:ff", "33:33:00:00:00:01"
PORT = 4243
MAGIC = b"upstream"
# What a switch between takes off, and a filter must not stop at: a priority
# tag, two of them; and IPv4 or ARP in SNAP, which some hosts take.
TAG = b"\x81\0\0\0"


def link_local(text):
    b = mac(text)
    return "fe80::" + ":".join(f"{x:x}" for x in struct.unpack(
        "!4H", bytes([b[0] ^ 2]) + b[1:3] + b"\xff\xfe" + b[3:]))


def tagged(frame, count):
    return frame[:12] + TAG * count + frame[12:]


def snap(frame):
    body = b"\xaa\xaa\x03\0\0\0" + frame[12:]
    return frame[:12] + struct.pack("!H", len(body)) + body


class Liar:
    """The frames of an attacker with this Ethernet source, to a victim with
    these addresses; it has an address of its own, too."""

    def __init__(self, src, victim, addrs, own4):
        self.src, self.victim, self.own4 = src, victim, own4
        self.v4, self.v6 = addrs
        self.own6, self.victim6 = link_local(src), link_local(victim)

    def arps(self):
        for dst in (EVERY, self.victim):
            for op in (1, 2):
                for target, tha in ((self.v4, self.victim),
                                    (GATEWAY4, EVERY), (GATEWAY4, self.src)):
                    yield (f"ARP {op} to {dst} for {target} {tha}",
                           frames.arp(self.src, op, GATEWAY4, target, dst,
                                      tha))

    def icmp6(self, body, saddr, daddr="ff02::1", dst=ALL_NODES):
        return frames.icmp6(self.src, body, saddr, daddr, dst=dst)

    def neighbours(self):
        tlla, slla = b"\2\1" + mac(self.src), b"\1\1" + mac(self.src)
        for saddr in (GATEWAY6, self.own6):
            for flags in (0, 1, 4, 5):      # router, override
                yield (f"NA {flags} from {saddr}", self.icmp6(
                    b"\x88\0\0\0" + struct.pack("!I", flags << 29)
                    + in6(GATEWAY6) + tlla, saddr))
            for flags in (2, 3, 6, 7):      # solicited
                yield (f"NA {flags} from {saddr}", self.icmp6(
                    b"\x88\0\0\0" + struct.pack("!I", flags << 29)
                    + in6(GATEWAY6) + tlla, saddr, self.victim6, self.victim))
        yield "NS", self.icmp6(
            b"\x87\0\0\0" + bytes(4) + in6(self.victim6) + slla, GATEWAY6,
            self.victim6, self.victim)
        yield "RS", self.icmp6(b"\x85\0\0\0" + bytes(4) + slla, GATEWAY6,
                               "ff02::2", "33:33:00:00:00:02")

    def adverts(self):
        slla = b"\1\1" + mac(self.src)
        for saddr, lifetime in ((self.own6, 1800), (GATEWAY6, 1800),
                                (GATEWAY6, 0)):
            # the highest preference
            body = b"\x86\0\0\0\x40\x08" + struct.pack("!H", lifetime) \
                + bytes(8) + slla
            yield f"RA {lifetime} from {saddr}", self.icmp6(body, saddr)
            yield (f"RA {lifetime} from {saddr} to one", self.icmp6(
                body, saddr, self.victim6, self.victim))
        frame = self.icmp6(body, self.own6)
        options = b"\x3a\0\1\4" + bytes(4)      # hop by hop: nothing
        yield "RA behind options", frame[:18] + struct.pack(
            "!HBB", len(frame) - 54 + 8, 0, 255) + frame[22:54] + options \
            + frame[54:]

    def redirects(self):
        udp = struct.pack("!4H", PORT + 1, PORT, 8, 0)
        inner = struct.pack("!BBHHHBBH", 0x45, 0, 28, 0, 0, 64, 17, 0) \
            + socket.inet_aton(self.v4) + socket.inet_aton(SERVER4)
        inner = inner[:10] + struct.pack("!H", frames.checksum(inner)) \
            + inner[12:] + udp
        body = b"\5\1\0\0" + socket.inet_aton(self.own4) + inner
        body = body[:2] + struct.pack("!H", frames.checksum(body)) + body[4:]
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, 1,
                           0) + socket.inet_aton(GATEWAY4) \
            + socket.inet_aton(self.v4)
        head = head[:10] + struct.pack("!H", frames.checksum(head)) + head[12:]
        yield ("ICMP redirect", mac(self.victim) + mac(self.src) + b"\x08\0"
               + head + body)
        quoted = struct.pack("!IHBB", 6 << 28, 8, 17, 64) + in6(self.v6) \
            + in6(SERVER6) + udp
        yield "ICMPv6 redirect", self.icmp6(
            b"\x89\0\0\0" + bytes(4) + in6(self.own6) + in6(SERVER6)
            + b"\2\1" + mac(self.src) + b"\4\7" + bytes(6) + quoted,
            GATEWAY6, self.v6, self.victim)

    def servers(self):
        for kind, name in ((2, "OFFER"), (5, "ACK"), (6, "NAK")):
            yield "DHCP " + name, self.dhcp(kind, 0x5eed)
        for kind, name in ((2, "ADVERTISE"), (7, "REPLY")):
            yield "DHCPv6 " + name, frames.udp6(
                self.src, bytes([kind, 0, 0, 7]) + b"\0\2\0\x0a\0\3\0\1"
                + mac(self.src), self.own6, self.victim6, 547, 546,
                dst=self.victim)

    def dhcp(self, kind, xid):
        own = socket.inet_aton(self.own4)
        options = bytes([53, 1, kind]) + b"\x36\4" + own + b"\x33\4\0\1\0\0" \
            + b"\3\4" + own + b"\xff"
        body = frames.bootp(self.victim, options, op=2, xid=xid)
        body = body[:16] + socket.inet_aton("10.66.0.66") + body[20:]
        return frames.ipv4_udp(self.src, body, 67, 68, saddr=self.own4)

    def truths(self):
        """What the gateway itself says, if this is its MAC address."""
        return {f"ARP 2 to {self.victim} for {self.v4} {self.victim}"}

    def all(self):
        """[(what, frame)]: each as it is, and in disguise."""
        plain = [*self.arps(), *self.neighbours(), *self.adverts(),
                 *self.redirects(), *self.servers()]
        return plain + [(f"{what}, {how}", make(frame))
                        for what, frame in plain
                        for how, make in (
                            ("tag", lambda f: tagged(f, 1)),
                            ("tags", lambda f: tagged(f, 2)),
                            ("SNAP", snap))]


def listening(lab, ns, ifname):
    with netns.inside(lab.ns_name(ns)):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(3))
        sock.bind((ifname, 0))
    sock.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)     # SO_RCVBUFFORCE
    sock.setblocking(False)
    lab.closers.append(sock.close)
    return sock


def drain(sock):
    """All that has come in from others: Ethernet frames, or datagrams."""
    out = []
    while True:
        try:
            data, addr = sock.recvfrom(2048)
        except BlockingIOError:
            return out
        if len(addr) != 5 or addr[2] != socket.PACKET_OUTGOING:
            out.append(data)


class Upstream:
    """What the victim sends to the server: numbered, and by the lie that was
    told just before."""

    def __init__(self, lab, victim, thief, ifname="eth0"):
        self.lab, self.victim, self.ifname = lab, victim, ifname
        self.sent, self.got, self.taken = set(), set(), set()
        self.arrived = set()
        self.out, self.sink = [], []
        for family, server in ((socket.AF_INET, SERVER4),
                               (socket.AF_INET6, SERVER6)):
            with netns.inside(lab.ns_name(victim)):
                out = socket.socket(family, socket.SOCK_DGRAM)
                if family == socket.AF_INET6:
                    out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                out.bind(("", PORT + 1))
                self.out.append((out, server))
            with netns.inside(lab.ns_name("server")):
                sink = socket.socket(family, socket.SOCK_DGRAM)
                sink.setsockopt(socket.SOL_SOCKET, 33, 8 << 20)
                sink.bind((server, PORT))
                sink.setblocking(False)
            self.sink.append(sink)
        self.thief = listening(lab, thief, ifname)
        self.ear = listening(lab, victim, ifname)
        self.mouth = netns.PacketSocket(lab.ns_name(thief), ifname)

    def close(self):
        for sock in [s for s, _ in self.out] + self.sink + [
                self.thief, self.ear, self.mouth]:
            sock.close()

    def send(self, lie, count):
        for _ in range(count):
            for family, (sock, server) in enumerate(self.out):
                key = (lie, family, len(self.sent))
                self.sent.add(key)
                try:
                    sock.sendto(MAGIC + struct.pack("!HBI", *key),
                                (server, PORT))
                except OSError:     # its default route was taken away
                    pass
            time.sleep(0.001)

    def hear(self, lies):
        for sink in self.sink:
            self.got |= {self.key(data) for data in drain(sink)}
        for data in drain(self.thief):
            if MAGIC in data:
                self.taken.add(self.key(data))
        for data in drain(self.ear):
            if data in lies:
                self.arrived.add(data)

    @staticmethod
    def key(data):
        at = data.index(MAGIC) + len(MAGIC)
        return struct.unpack("!HBI", data[at:at + 7])

    def under(self, told, count):
        """Tell each lie while the victim knows its gateway, and while it
        asks for it; `count` packets a family for each."""
        lies = {frame for _what, frame in told}
        self.send(0xffff, 5)
        for number, (_what, frame) in enumerate(told):
            self.mouth.send(frame)
            self.send(number, count - count // 2)
            self.lab.ip(self.victim, "neigh", "flush", "dev", self.ifname)
            self.mouth.send(frame)
            self.send(number, 1)
            self.mouth.send(frame)
            self.send(number, count // 2 - 1)
            self.hear(lies)

        def all_here():
            self.hear(lies)
            return self.sent <= self.got
        try:
            self.lab.wait(all_here, "all at the server", 3)
        except Exception:       # what is lost is said below
            pass
        return Result(self, told)


class Result:
    def __init__(self, up, told):
        def by(keys):
            return {told[n][0] if n < len(told) else "before"
                    for n, _family, _seq in keys}
        self.sent = len(up.sent)
        self.arrived = {what for what, frame in told if frame in up.arrived}
        self.taken, self.lost = len(up.taken), len(up.sent - up.got)
        self.taken_by, self.lost_by = by(up.taken), by(up.sent - up.got)

    def __str__(self):
        return (f"{self.sent} sent, {self.taken} taken by "
                f"{sorted(self.taken_by)}, {self.lost} lost after "
                f"{sorted(self.lost_by)}; {len(self.arrived)} lies arrived: "
                f"{sorted(self.arrived)[:5]}")


def answer_dhcp(net, victim, thief, src, count=3):
    """The victim gives its lease back and asks anew, `count` times; the thief
    answers each question it hears, and guesses those it does not.  What the
    victim's client was told."""
    liar = Liar(src, net.mac(victim), net.addresses(victim),
                net.addresses(thief)[0])
    ear = listening(net.lab, thief, net.station_if)
    mouth = netns.PacketSocket(net.lab.ns_name(thief), net.station_if)
    client = net.clients[victim]
    mark = len(client.proc.text())
    for _ in range(count):
        client.release_lease()
        net.lab.wait(lambda: net.addresses(victim)[0] is None, "released")
        client.again()

        def served():
            xids = [struct.unpack("!I", f[46:50])[0] for f in drain(ear)
                    if len(f) > 282 and f[34:38] == b"\0\x44\0\x43"]
            for xid in xids or [0x5eed]:
                for kind in (2, 5, 6):
                    mouth.send(liar.dhcp(kind, xid))
            return net.addresses(victim)[0]
        net.lab.wait(served, f"{victim}: an address", 30, 0.001)
    ear.close()
    mouth.close()
    return client.proc.text()[mark:]


def nobody_is_fooled(net, victim, thief, src, count=8):
    """Of 1,000 packets a family none goes to the thief, and none is lost."""
    up = Upstream(net.lab, victim, thief, net.station_if)
    liar = Liar(src, net.mac(victim), net.addresses(victim),
                net.addresses(thief)[0])
    result = up.under(list(liar.all()), count)
    up.close()
    print(result)
    assert result.sent >= 2000
    truths = set() if src == net.mac(thief) else liar.truths()
    assert not result.arrived - truths, result
    assert result.taken == 0 and result.lost == 0, result
