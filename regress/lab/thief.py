# SPDX-License-Identifier: ISC
"""A station that is robbed by one that uses its MAC address: every frame that
names it, and how many packets of the server come to whom."""

import socket
import struct
import time

from . import frames, netns
from .frames import in6, mac

GATEWAY, GATEWAY4, GATEWAY6 = "02:00:5e:00:53:44", "192.168.44.1", "fe80::44"
PORT = 7000
RATE = 200                      # packets of the server, a second


def bootp(victim, kind, v4, **kw):
    options = b"\x35\1" + bytes([kind])
    if kind in (3, 4):
        options += b"\x32\4" + socket.inet_aton(v4)
    if kind in (4, 7):
        options += b"\x36\4" + socket.inet_aton(GATEWAY4)
        kw["ciaddr"] = v4 if kind == 7 else "0.0.0.0"
    if kind == 8:
        kw["ciaddr"] = v4
    return frames.ipv4_udp(victim, frames.bootp(victim, options + b"\xff",
                                                **kw), 68, 67,
                           saddr=v4 if kind in (7, 8) else "0.0.0.0")


def every_frame(victim, v4, v6):
    """Each by which a station shows where it is, or ends its lease.  RELEASE is
    the last: what speaks of the address after it keeps the lease."""
    own = b"\1\1" + mac(victim)
    yield "ARP request", frames.arp(victim, 1, v4, GATEWAY4)
    yield "ARP reply", frames.arp(victim, 2, v4, GATEWAY4, dst=GATEWAY,
                                  target_mac=GATEWAY)
    yield "ARP announcement", frames.arp(victim, 1, v4, v4)
    yield "ARP probe", frames.arp(victim, 1, "0.0.0.0", v4)
    yield "NA", frames.advertisement(victim, v6)
    yield "NS", frames.icmp6(
        victim, b"\x87\0\0\0" + bytes(4) + in6(GATEWAY6) + own, v6, GATEWAY6,
        dst=GATEWAY)
    yield "RS", frames.solicitation(victim)
    for kind, name in ((1, "DISCOVER"), (3, "REQUEST"), (8, "INFORM")):
        yield "DHCP " + name, bootp(victim, kind, v4)
    yield "data", frames.ipv4_udp(victim, b"theft", 7, 7, saddr=v4,
                                  daddr="10.9.0.2", dst=GATEWAY)
    yield "LLC XID", netns.xid(victim)
    for kind, name in ((4, "DECLINE"), (7, "RELEASE")):
        yield "DHCP " + name, bootp(victim, kind, v4)


class Ear:
    """The packets of the server that an interface receives."""

    def __init__(self, net, ns, ifname):
        with net.lab.inside(ns):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(0x0800))
            self.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
            self.sock.bind((ifname, 0x0800))
        self.sock.setblocking(False)

    def take(self):
        """Their numbers."""
        got = []
        while True:
            try:
                frame, addr = self.sock.recvfrom(2048)
            except BlockingIOError:
                return got
            except OSError:     # it was down since
                continue
            if addr[2] != socket.PACKET_OUTGOING and \
                    frame[36:38] == struct.pack("!H", PORT):
                got.append(struct.unpack("!I", frame[42:46])[0])


class Robbed:
    """sta1 is robbed by another, who sends and hears at this interface."""

    def __init__(self, net, addrs, thief, ifname, victim_if="eth0"):
        self.net, self.lab = net, net.lab
        self.v4, self.v6 = addrs
        self.victim = net.mac("sta1")
        self.attack = netns.PacketSocket(net.lab.ns_name(thief), ifname)
        self.ears = Ear(net, "sta1", victim_if), Ear(net, thief, ifname)
        with net.lab.inside("server"):
            self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with net.lab.inside("sta1"):
            self.sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sink.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.sink.bind(("", PORT))      # or it would answer each
        self.number = 0

    def stream(self, seconds, todo=(), speaks=False):
        """Packets of the server for so long; meanwhile frames are sent, or
        functions called, at these times.  Of how many, which came to sta1 and
        which to sta2."""
        for ear in self.ears:
            ear.take()
        first, begin = self.number, time.monotonic()
        todo, n = list(todo), int(seconds * RATE)
        for i in range(n):
            now = time.monotonic() - begin
            if i / RATE > now:
                time.sleep(i / RATE - now)
            while todo and todo[0][0] <= i / RATE:
                what = todo.pop(0)[1]
                what() if callable(what) else self.attack.send(what)
            self.server.sendto(struct.pack("!I", self.number), (self.v4, PORT))
            self.number += 1
            if speaks and i % (RATE // 5) == 0:
                self.sink.sendto(b"speak", ("10.9.0.2", 9))
        time.sleep(0.3)
        return n, *([x - first for x in ear.take() if x >= first]
                    for ear in self.ears)

    def leases(self):
        """Those that are valid, as each router knows them."""
        return [sorted(x["prefix"] for x in d.show("leases")
                       if x["mac"] == self.victim and x["state"] == "valid")
                for d in self.net.daemons.values()]

    def wait_back(self, timeout=10):
        def back():
            n, mine, _ = self.stream(0.1)
            return len(mine) == n
        self.lab.wait(back, "sta1 is served", timeout)
