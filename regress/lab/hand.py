# SPDX-License-Identifier: ISC
"""A station that is made by hand: each frame as a device of the field sends
it, and what comes back."""

import random
import socket
import struct
import time

from . import frames, netns

(DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE,
 INFORM) = range(1, 9)
BROADCAST = "ff:ff:ff:ff:ff:ff"
GATEWAY, GATEWAY_MAC = "192.168.44.1", "02:00:5e:00:53:44"
ALL = socket.htons(3)           # ETH_P_ALL


def opt(code, body=b""):
    """An option; a text is an IPv4 address."""
    if isinstance(body, str):
        body = socket.inet_aton(body)
    return bytes([code, len(body)]) + body


def tagged(frame, tci):
    """With an 802.1Q tag: 3 bits of priority, 1, and 12 of the VLAN."""
    return frame[:12] + struct.pack("!HH", 0x8100, tci) + frame[12:]


class Hand:
    """The station's interface; mac: another one's, of a client behind it."""

    def __init__(self, net, station, mac=None):
        self.mac = mac or net.mac(station)
        with netns.inside(net.lab.ns_name(station)):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, ALL)
            self.sock.bind((net.station_if, 0))
        self.sock.settimeout(0.05)
        net.lab.closers.append(self.sock.close)
        self.xid = random.getrandbits(31)

    def send(self, frame, tci=None):
        self.sock.send(frame if tci is None else tagged(frame, tci))

    def receive(self, wait):
        """Every frame until then."""
        end = time.monotonic() + wait
        while time.monotonic() < end:
            try:
                yield self.sock.recv(4096)
            except TimeoutError:
                pass

    def dhcp(self, kind, options=b"", wait=2, tci=None, chaddr=None,
             saddr="0.0.0.0", daddr="255.255.255.255", dst=BROADCAST, **kw):
        """The first reply, or None; kind 0: BOOTP, which has no option 53."""
        self.xid += 1
        body = frames.bootp(chaddr or self.mac, (opt(53, bytes([kind]))
                            if kind else b"") + options + b"\xff",
                            xid=self.xid, **kw).ljust(300, b"\0")
        self.send(frames.ipv4_udp(self.mac, body, 68, 67, saddr=saddr,
                                  daddr=daddr, dst=dst), tci)
        return next((r for r in map(reply_of, self.receive(wait))
                     if r and r["xid"] == self.xid), None)

    def lease(self, options=b"", **kw):
        """DISCOVER to ACK: the address."""
        offer = self.dhcp(DISCOVER, options, **kw)
        assert offer and offer["type"] == OFFER, offer
        ack = self.dhcp(REQUEST, opt(50, offer["yiaddr"])
                        + opt(54, offer["options"][54]) + options, **kw)
        assert ack and ack["type"] == ACK, ack
        return ack["yiaddr"]

    def renew(self, addr, **kw):
        return self.dhcp(REQUEST, ciaddr=addr, saddr=addr, daddr=GATEWAY,
                         dst=GATEWAY_MAC, **kw)

    def arp(self, sender, target, wait=1, tci=None):
        """The MAC address that answers, or None."""
        self.send(frames.arp(self.mac, 1, sender, target), tci)
        want = b"\x08\x06", b"\0\x02", socket.inet_aton(target)
        return next((f[22:28].hex(":") for f in self.receive(wait)
                     if (f[12:14], f[20:22], f[28:32]) == want), None)


def reply_of(frame):
    """The DHCP reply in a frame, or None."""
    if len(frame) < 282 or frame[12:14] != b"\x08\0" or frame[23] != 17 \
            or frame[34:38] != b"\0\x43\0\x44" or frame[42] != 2:
        return None
    b, options, at = frame[42:], {}, 240
    while at < len(b) and b[at] != 255:
        if b[at] == 0:
            at += 1
            continue
        body = b[at + 2:at + 2 + b[at + 1]]
        options[b[at]] = options.get(b[at], b"") + body
        at += 2 + b[at + 1]
    return {"type": options.get(53, b"\0")[0], "options": options,
            "xid": struct.unpack("!I", b[4:8])[0],
            "ciaddr": socket.inet_ntoa(b[12:16]),
            "yiaddr": socket.inet_ntoa(b[16:20]),
            "siaddr": socket.inet_ntoa(b[20:24]),
            "chaddr": b[28:34].hex(":"), "sname": b[44:108].rstrip(b"\0"),
            "file": b[108:236].rstrip(b"\0"), "size": len(b),
            "dst": frame[:6].hex(":"), "ipdst": socket.inet_ntoa(frame[30:34])}
