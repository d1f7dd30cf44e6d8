# SPDX-License-Identifier: ISC
"""Frames that name somebody else, and whether they take a packet from him.

Each generator gives (what it is, frame) for every way to say that an address
of the victim is at `src`, or to speak of it in the victim's name.  With the
own MAC address of the thief as src they say that the address has moved to him;
with the victim's, that the victim has moved.
"""

import socket
import struct

from . import frames
from .frames import in6, mac

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
