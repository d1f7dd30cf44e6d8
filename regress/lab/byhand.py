# SPDX-License-Identifier: ISC
"""Clients of DHCP at a station's interface, message by message: each with an
identifier of its own, all with the MAC address of the interface."""

import random
import socket
import struct
import time

from . import frames, netns

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)


def option(code, body):
    return bytes([code, len(body)]) + body


class ByHand:
    def __init__(self, net, station, client=b""):
        """client: option 61, with its type; empty: none."""
        self.mac, self.client = net.mac(station), client
        with netns.inside(net.lab.ns_name(station)):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(0x0800))
            self.sock.bind((net.station_if, 0x0800))
        self.sock.settimeout(0.05)
        net.lab.closers.append(self.sock.close)
        self.xid = random.getrandbits(31)

    def ask(self, kind, addr=None, options=b"", wait=1.5, tries=3):
        """The answer's type and address, or (0, None).  addr: option 50."""
        self.xid += 1
        body = option(53, bytes([kind])) + options
        if addr:
            body += option(50, socket.inet_aton(addr))
        if self.client:
            body += option(61, self.client)
        message = frames.bootp(self.mac, body + b"\xff", xid=self.xid)
        for _ in range(tries):
            self.sock.send(frames.ipv4_udp(
                self.mac, message.ljust(300, b"\0"), 68, 67))
            got = self._answer(wait)
            if got:
                return got
        return 0, None

    def _answer(self, wait):
        end = time.monotonic() + wait
        while time.monotonic() < end:
            try:
                frame = self.sock.recv(2048)
            except TimeoutError:
                continue
            if frame[23] != 17 or frame[34:38] != b"\0\x43\0\x44" or \
                    struct.unpack("!I", frame[46:50])[0] != self.xid:
                continue
            at, kind = 42 + 240, 0
            while at + 1 < len(frame) and frame[at] != 255:
                if frame[at] == 53:
                    kind = frame[at + 2]
                at += 2 + frame[at + 1] if frame[at] else 1
            return kind, socket.inet_ntoa(frame[58:62])
        return None

    def lease(self):
        """DISCOVER to ACK: the address, or None."""
        kind, addr = self.ask(DISCOVER)
        if kind != OFFER:
            return None
        return addr if self.ask(REQUEST, addr) == (ACK, addr) else None

    def again(self, addr):
        """INIT-REBOOT: ACK, NAK, or 0."""
        return self.ask(REQUEST, addr)[0]
