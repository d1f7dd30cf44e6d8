# SPDX-License-Identifier: ISC
"""Many pings at a time, of many namespaces, without a process for any."""

import ipaddress
import os
import select
import socket
import struct
import time

from . import netns

SOL_RAW, ICMP_FILTER, ICMP6_FILTER = 255, 1, 1


def _checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Source:
    """Sends echo requests from an address of each family of a namespace."""

    def __init__(self, ns, addrs):
        self.ns, self.ident = ns, os.getpid() & 0xffff
        with netns.inside(ns):
            self.socks = {
                4: socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                 socket.IPPROTO_ICMP),
                6: socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                                 socket.IPPROTO_ICMPV6)}
        # Replies alone are taken.
        self.socks[4].setsockopt(SOL_RAW, ICMP_FILTER,
                                 struct.pack("=I", ~1 & 0xffffffff))
        mask = [0xffffffff] * 8
        mask[129 // 32] &= ~(1 << 129 % 32)
        self.socks[6].setsockopt(socket.IPPROTO_ICMPV6, ICMP6_FILTER,
                                 struct.pack("=8I", *mask))
        for addr in addrs:
            self.socks[ipaddress.ip_address(addr).version].bind((addr, 0))
        for sock in self.socks.values():
            sock.setblocking(False)

    def close(self):
        for sock in self.socks.values():
            sock.close()

    def send(self, dst, seq):
        version = ipaddress.ip_address(dst).version
        kind = 8 if version == 4 else 128
        body = struct.pack("!HH", self.ident, seq) + b"soak" * 4
        check = _checksum(struct.pack("!BBH", kind, 0, 0) + body) \
            if version == 4 else 0
        try:
            self.socks[version].sendto(
                struct.pack("!BBH", kind, 0, check) + body, (dst, 0))
        except OSError:         # no route: no answer
            pass

    def take(self):
        """{(source, seq)} of the replies that came."""
        out = set()
        for version, sock in self.socks.items():
            while True:
                try:
                    data, addr = sock.recvfrom(2048)
                except OSError:
                    break
                at = (data[0] & 15) * 4 if version == 4 else 0
                ident, seq = struct.unpack_from("!HH", data, at + 4)
                if ident == self.ident:
                    out.add((addr[0], seq))
        return out


class Echo:
    """sources: {name: (namespace, addresses)}"""

    def __init__(self, sources):
        self.sources = {n: Source(ns, addrs)
                        for n, (ns, addrs) in sources.items()}
        self.seq = 0

    def close(self):
        for s in self.sources.values():
            s.close()

    def missing(self, pairs, timeout=1.0):
        """Of the pairs (source's name, destination) those that have no answer
        by then; one request for each."""
        self.seq = (self.seq + 1) & 0xffff
        left = set(pairs)
        for name, dst in pairs:
            self.sources[name].send(dst, self.seq)
        end = time.monotonic() + timeout
        names = {s: n for n, src in self.sources.items()
                 for s in src.socks.values()}
        while left:
            rest = end - time.monotonic()
            ready, _, _ = select.select(list(names), [], [], max(rest, 0))
            for name in {names[s] for s in ready}:
                left -= {(name, a) for a, seq in self.sources[name].take()
                         if seq == self.seq}
            if rest <= 0:
                break
        return left
