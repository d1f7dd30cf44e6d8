# SPDX-License-Identifier: ISC
"""Frames of stations that are made by hand."""

import socket
import struct


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H",
                              data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def in6(addr):
    return socket.inet_pton(socket.AF_INET6, addr)


def arp(src, op, sender, target, dst="ff:ff:ff:ff:ff:ff",
        target_mac="00:00:00:00:00:00"):
    """op 1: request, 2: reply."""
    return (mac(dst) + mac(src) + b"\x08\x06"
            + struct.pack("!HHBBH", 1, 0x0800, 6, 4, op)
            + mac(src) + socket.inet_aton(sender)
            + mac(target_mac) + socket.inet_aton(target))


def ipv4_udp(src, payload, sport, dport, saddr="0.0.0.0",
             daddr="255.255.255.255", dst="ff:ff:ff:ff:ff:ff"):
    udp = struct.pack("!4H", sport, dport, 8 + len(payload), 0) + payload
    return ipv4(src, 17, udp, saddr, daddr, dst)


def ipv4(src, proto, payload, saddr, daddr, dst="ff:ff:ff:ff:ff:ff"):
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64,
                     proto, 0) \
        + socket.inet_aton(saddr) + socket.inet_aton(daddr)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return mac(dst) + mac(src) + b"\x08\x00" + ip + payload


def ipv6(src, proto, payload, saddr, daddr, dst="33:33:00:00:00:01",
         hops=255, sum_at=None):
    """With the checksum at this place of the payload."""
    ends = in6(saddr) + in6(daddr)
    if sum_at is not None:
        total = checksum(ends + struct.pack("!II", len(payload), proto)
                         + payload[:sum_at] + b"\0\0" + payload[sum_at + 2:])
        payload = payload[:sum_at] + struct.pack("!H", total or 0xffff) \
            + payload[sum_at + 2:]
    return mac(dst) + mac(src) + b"\x86\xdd" + struct.pack(
        "!IHBB", 6 << 28, len(payload), proto, hops) + ends + payload


def icmp6(src, body, saddr, daddr, **kw):
    return ipv6(src, 58, body, saddr, daddr, sum_at=2, **kw)


def udp6(src, payload, saddr, daddr, sport=546, dport=547, **kw):
    udp = struct.pack("!4H", sport, dport, 8 + len(payload), 0) + payload
    return ipv6(src, 17, udp, saddr, daddr, sum_at=6, **kw)


def solicitation(src):
    """Of a router, from ::, so without the option."""
    return icmp6(src, b"\x85\0\0\0" + bytes(4), "::", "ff02::2",
                 dst="33:33:00:00:00:02")


def advertisement(src, target):
    """Of a neighbour: the station has this address."""
    return icmp6(src, b"\x88\0\0\0\x20\0\0\0" + in6(target) + b"\2\1"
                 + mac(src), target, "ff02::1")


def bootp(src, options, op=1, htype=1, hlen=6, flags=0, giaddr="0.0.0.0",
          ciaddr="0.0.0.0", cookie=b"\x63\x82\x53\x63", xid=0x5eed):
    return struct.pack("!4BIHH", op, htype, hlen, 0, xid, 0, flags) \
        + socket.inet_aton(ciaddr) + bytes(8) + socket.inet_aton(giaddr) \
        + mac(src) + bytes(10 + 192) + cookie + options
