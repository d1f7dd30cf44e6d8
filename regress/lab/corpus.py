# SPDX-License-Identifier: ISC
"""Malformed and odd messages of stations, by protocol: {name: frame}.  To each
good message belong all of its beginnings and some hundred of its mutations."""

import random
import struct

from .frames import (arp, bootp, checksum, icmp6, in6, ipv4_udp, ipv6, mac,
                     udp6)

GATEWAY = "192.168.44.1"
END, DISCOVER, REQUEST = b"\xff", b"\x35\x01\x01", b"\x35\x01\x03"


def option(code, data):
    return bytes([code, len(data)]) + data


def mutations(name, frame, count=120):
    """Always the same."""
    out = {}
    # Beginnings, closely where the headers are.
    for cut in sorted({*range(0, 60, 3), *range(60, len(frame), 11)}):
        out[f"{name} cut at {cut}"] = frame[:cut]
    rng = random.Random(name)
    for n in range(count):
        data = bytearray(frame)
        for _ in range(rng.choice((1, 1, 2, 8))):
            at = rng.randrange(12, len(data))
            data[at] = rng.choice((0, 1, 0x7f, 0x80, 0xff,
                                   rng.randrange(256)))
        out[f"{name} mutation {n}"] = bytes(data)
    return out


def dhcp(src):
    def message(options, **kw):
        return ipv4_udp(src, bootp(src, options, **kw), 68, 67)

    def raw(payload):
        return ipv4_udp(src, payload, 68, 67)

    good = message(DISCOVER + option(55, b"\1\3\6\x79") + option(
        61, b"\1" + mac(src)) + END)
    out = {
        "reply as a request": message(DISCOVER + END, op=2),
        "op 0": message(DISCOVER + END, op=0),
        "hlen 0": message(DISCOVER + END, hlen=0),
        "hlen 16": message(DISCOVER + END, hlen=16),
        "hlen 17": message(DISCOVER + END, hlen=17),
        "hlen 255": message(DISCOVER + END, hlen=255),
        "htype 0": message(DISCOVER + END, htype=0, hlen=0),
        "bad cookie": message(DISCOVER + END, cookie=b"\x63\x82\x53\x64"),
        "BOOTP": message(b"", cookie=b""),
        "no options": message(b""),
        "only an END": message(END),
        "only pads": message(bytes(300)),
        "no END": message(DISCOVER),
        "no type": message(option(50, b"\xc0\xa8\x2c\x07") + END),
        "type 0": message(option(53, b"\0") + END),
        "type 9": message(option(53, b"\x09") + END),
        "type 255": message(option(53, b"\xff") + END),
        "type of no length": message(b"\x35\0" + END),
        "type of two octets": message(option(53, b"\1\1") + END),
        "two types": message(DISCOVER + REQUEST + END),
        "an option's code and no more": message(DISCOVER + b"\x32"),
        "an option beyond the end": message(DISCOVER + b"\x3d\xff\1"),
        "requested of no length": message(DISCOVER + b"\x32\0" + END),
        "requested of 3": message(DISCOVER + option(50, b"\1\2\3") + END),
        "requested of 255": message(DISCOVER + option(50, bytes(255)) + END),
        "server of 5": message(REQUEST + option(54, bytes(5)) + END),
        "client id of no length": message(DISCOVER + b"\x3d\0" + END),
        "client id of 255": message(
            DISCOVER + option(61, bytes(range(255))) + END),
        "client id in three parts": message(
            DISCOVER + option(61, bytes(255)) * 3 + END),
        "255 parameters": message(DISCOVER + option(55, bytes(range(255)))
                                  + END),
        "one parameter 255 times": message(DISCOVER + option(55, b"\6" * 255)
                                           + END),
        "size 0": message(DISCOVER + option(57, b"\0\0") + END),
        "size 1": message(DISCOVER + option(57, b"\0\1") + END),
        "size 65535": message(DISCOVER + option(57, b"\xff\xff") + END),
        "overload 0": message(DISCOVER + option(52, b"\0") + END),
        "overload 3 of nothing": message(DISCOVER + option(52, b"\3") + END),
        "overload 255": message(DISCOVER + option(52, b"\xff") + END),
        "two overloads": message(DISCOVER + option(52, b"\1") * 2 + END),
        "lease of 2 octets": message(DISCOVER + option(51, b"\1\1") + END),
        "lease for ever": message(DISCOVER + option(51, b"\xff" * 4) + END),
        "a name that is a format": message(
            DISCOVER + option(12, b"%n%n%s\x1b[2J\0\n") + END),
        "a domain that points to itself": message(
            DISCOVER + option(81, b"\4\0\0\xc0\0") + END),
        "a domain without an end": message(
            DISCOVER + option(81, b"\4\0\0" + b"\x3f" * 60) + END),
        "option 82 of no relay": message(
            DISCOVER + option(82, b"\1\4abcd\x0b\4\1\2\3\4") + END),
        "option 82 with a broken part": message(
            DISCOVER + option(82, b"\1\xff") + END),
        "of a relay that is not listed": message(
            DISCOVER + END, giaddr="10.99.0.1"),
        "of a relay that is everybody": message(
            DISCOVER + END, giaddr="255.255.255.255"),
        "of a relay that is us": message(DISCOVER + END, giaddr=GATEWAY),
        "many options": message(DISCOVER + b"".join(
            option(n, b"x") for n in range(60, 250)) + END),
        "many options of no length": message(
            DISCOVER + bytes([200, 0]) * 500 + END),
        "1472 octets": message((DISCOVER + END).ljust(1232, b"\0")),
        "nothing in UDP": raw(b""),
        "one octet": raw(b"\1"),
        "300 octets of ones": raw(b"\xff" * 300),
    }
    for what in ("0.0.0.0", "255.255.255.255", "127.0.0.1", "224.0.0.1",
                 GATEWAY, "192.168.44.0", "192.168.44.255", "10.0.0.1"):
        addr = bytes(int(x) for x in what.split("."))
        out["DISCOVER for " + what] = message(
            DISCOVER + option(50, addr) + END)
        out["REQUEST of " + what] = message(REQUEST + option(50, addr) + END)
        out["renewal of " + what] = message(REQUEST + END, ciaddr=what)
        out["DECLINE of " + what] = message(
            b"\x35\1\4" + option(50, addr) + END)
        out["RELEASE of " + what] = message(b"\x35\1\7" + END, ciaddr=what)
        out["INFORM from " + what] = message(b"\x35\1\x08" + END, ciaddr=what)
    out.update(headers4(good))
    out.update(mutations("DISCOVER", good))
    return out


def headers4(good):
    """What is wrong with IP and UDP."""
    def header(**at):
        data = bytearray(good[14:])
        for place, value in at.items():
            data[int(place[1:])] = value
        data[10:12] = b"\0\0"
        size = max((data[0] & 15) * 4, 20)
        data[10:12] = struct.pack("!H", checksum(bytes(data[:size])))
        return good[:14] + bytes(data)
    return {
        "IP version 5": header(_0=0x55), "IP header of 16": header(_0=0x44),
        "IP header of 60": header(_0=0x4f),
        "IP of no length": header(_2=0, _3=0),
        "IP longer than the frame": header(_2=0xff, _3=0xff),
        "a first fragment": header(_6=0x20), "a later one": header(_7=1),
        "UDP of no length": header(_24=0, _25=0),
        "UDP of 7": header(_24=0, _25=7),
        "UDP longer than IP": header(_24=0xff, _25=0xff),
        "a bad UDP checksum": header(_26=1, _27=1),
        "a bad IP checksum": good[:24] + b"\1\1" + good[26:],
        "from a multicast address": header(_12=0xe0),
    }


def dhcp6(src):
    def opt(code, data):
        return struct.pack("!HH", code, len(data)) + data

    def message(kind, *options, **kw):
        return udp6(src, bytes([kind]) + b"\1\2\3" + b"".join(options),
                    kw.pop("saddr", "fe80::99"), kw.pop("daddr", "ff02::1:2"),
                    dst="33:33:00:01:00:02", **kw)
    duid = opt(1, b"\0\3\0\1" + mac(src))
    pd = opt(25, b"\0\0\0\1" + bytes(8))
    out = {
        "no message": udp6(src, b"", "fe80::99", "ff02::1:2",
                           dst="33:33:00:01:00:02"),
        "no client id": message(1, pd),
        "client id of no length": message(1, opt(1, b""), pd),
        "client id of 131": message(1, opt(1, bytes(131)), pd),
        "client id twice": message(1, duid, duid, pd),
        "another server": message(3, duid, opt(2, b"\0\4" + bytes(16)), pd),
        "server in a SOLICIT": message(1, duid, opt(2, bytes(18)), pd),
        "server of no length": message(3, duid, opt(2, b""), pd),
        "an option beyond the end": message(1, duid, b"\0\x19\xff\xff"),
        "half an option": message(1, duid, b"\0\x19\0"),
        "IA_PD of 11": message(1, duid, opt(25, bytes(11))),
        "IA_PD with half an option": message(
            1, duid, opt(25, bytes(12) + b"\0\x1a\0")),
        "IA prefix of 24": message(
            1, duid, opt(25, bytes(12) + opt(26, bytes(24)))),
        "IA prefix /255": message(1, duid, opt(25, bytes(12) + opt(
            26, bytes(8) + b"\xff" + bytes(16)))),
        "IA prefix in IA prefix": message(1, duid, opt(25, bytes(12) + opt(
            26, bytes(8) + b"\x40" + bytes(16) + opt(26, bytes(25)))) * 3),
        "forty IAs": message(1, duid, pd * 40),
        "IA_NA": message(1, duid, opt(3, bytes(12))),
        "IA_TA": message(1, duid, opt(4, bytes(4))),
        "IA address of 3": message(
            1, duid, opt(3, bytes(12) + opt(5, bytes(3)))),
        "options asked, an odd number": message(11, duid, opt(6, b"\0\x17\0")),
        "ten thousand options asked": message(
            11, duid, opt(6, b"\0\x17" * 600)),
        "rapid commit of 5": message(1, duid, pd, opt(14, bytes(5))),
        "authentication": message(1, duid, pd, opt(11, bytes(11))),
        "relayed": udp6(src, b"\x0c\0" + bytes(32) + opt(9, b"\1\2\3\4"),
                        "fe80::99", "ff02::1:2", dst="33:33:00:01:00:02"),
        "from a global address": message(1, duid, pd, saddr="2001:db8::1"),
        "from no address": message(1, duid, pd, saddr="::"),
        "from a multicast address": message(1, duid, pd, saddr="ff02::1"),
        "to one of our addresses": message(1, duid, pd, daddr="fe80::44"),
        "a bad checksum": message(1, duid, pd)[:60] + b"\1\1"
        + message(1, duid, pd)[62:],
    }
    for kind in (0, 2, 7, 10, 12, 13, 14, 36, 128, 255):
        out[f"type {kind}"] = message(kind, duid, pd)
    out.update(mutations("SOLICIT", message(1, duid, pd)))
    return out


def neighbours(src):
    own = "fe80::99"
    slla, tlla = b"\1\1" + mac(src), b"\2\1" + mac(src)

    def rs(options=b"", saddr=own, **kw):
        return icmp6(src, b"\x85\0\0\0" + bytes(4) + options, saddr,
                     "ff02::2", **kw)

    def ns(target, options=b"", saddr=own, daddr="ff02::1:ff00:44", **kw):
        return icmp6(src, b"\x87\0\0\0" + bytes(4) + in6(target) + options,
                     saddr, daddr, **kw)

    def na(target, flags=0x20, options=b"", daddr="ff02::1", **kw):
        return icmp6(src, b"\x88\0\0\0" + bytes([flags, 0, 0, 0])
                     + in6(target) + options, own, daddr, **kw)
    good = rs(slla)
    out = {
        "RS with an option of no length": rs(b"\1\0" + bytes(6)),
        "RS with an option beyond the end": rs(b"\1\xff" + bytes(6)),
        "RS with half an option": rs(b"\1"),
        "RS with an unknown option of no length": rs(b"\xfd\0" * 4),
        "RS with a long address": rs(b"\1\2" + bytes(14)),
        "RS with another's address": rs(b"\1\1\2\0\0\0\0\x42"),
        "RS with a hundred addresses": rs(slla * 100),
        "RS of :: with its address": rs(slla, saddr="::"),
        "RS from a multicast address": rs(saddr="ff02::1"),
        "RS from the gateway's address": rs(slla, saddr="fe80::44"),
        "RS with hop limit 254": rs(slla, hops=254),
        "RS with code 1": icmp6(src, b"\x85\1\0\0" + bytes(4), own,
                                "ff02::2"),
        "RS of 4 octets": icmp6(src, b"\x85\0\0\0", own, "ff02::2"),
        "RS with a bad checksum": good[:56] + b"\1\1" + good[58:],
        "RS behind a hop-by-hop header": ipv6(
            src, 0, b"\x3a\0\1\4\0\0\0\0" + good[54:], own, "ff02::2"),
        "RS longer than the frame": good[:18] + b"\xff\xff" + good[20:],
        "RS shorter than it is": good[:18] + b"\0\4" + good[20:],
        "IPv6 of no length": good[:18] + b"\0\0" + good[20:],
        "IPv6 version 4": good[:14] + b"\x40" + good[15:],
        "ICMPv6 of one octet": icmp6(src, b"\x85\0\0\0", own,
                                     "ff02::2")[:55],
        "NS for a group": ns("ff02::1"), "NS for ::": ns("::"),
        "NS for the gateway from ::": ns("fe80::44", saddr="::"),
        "NS from :: to one": ns("fe80::44", saddr="::", daddr="fe80::44"),
        "NS from :: with an address": ns("fe80::44", slla, saddr="::"),
        "NS with another's address": ns("fe80::44", b"\1\1\2\0\0\0\0\x42"),
        "NS with an option of no length": ns("fe80::44", b"\1\0" + bytes(6)),
        "NS of 20 octets": icmp6(src, b"\x87\0\0\0" + bytes(16), own,
                                 "ff02::1:ff00:44"),
        "NS of the gateway": ns("fe80::1", slla, saddr="fe80::44"),
        "NA for the gateway": na("fe80::44", options=tlla),
        "NA for everybody": na("ff02::1"), "NA for ::": na("::"),
        "NA answering a group": na("fe80::99", 0x60),
        "NA with another's address": na("fe80::99", 0x20,
                                        b"\2\1\2\0\0\0\0\x42"),
        "NA for an IPv4 address": na("::ffff:192.168.44.1"),
        "RA": icmp6(src, b"\x86\0\0\0" + bytes(12), own, "ff02::1"),
        "RA with an option of no length": icmp6(
            src, b"\x86\0\0\0" + bytes(12) + b"\3\0", own, "ff02::1"),
        "redirect": icmp6(src, b"\x89\0\0\0" + bytes(36), own, "ff02::1"),
    }
    for name, frame in (("RS", good), ("NS", ns("fe80::44", slla)),
                        ("NA", na("fe80::99", 0x20, tlla))):
        out.update(mutations(name, frame, 60))
    return out


def address_resolution(src):
    good = arp(src, 1, "192.168.44.7", GATEWAY)

    def changed(*changes):
        data = bytearray(good)
        for at, value in changes:
            data[at:at + len(value)] = value
        return bytes(data)
    out = {
        "hardware 6": changed((15, b"\6")), "hardware 0": changed((15, b"\0")),
        "protocol IPv6": changed((16, b"\x86\xdd")),
        "hardware length 8": changed((18, b"\x08")),
        "hardware length 255": changed((18, b"\xff")),
        "protocol length 0": changed((19, b"\0")),
        "protocol length 16": changed((19, b"\x10")),
        "op 0": changed((20, b"\0\0")), "op 3": changed((20, b"\0\3")),
        "op 65535": changed((20, b"\xff\xff")),
        "another's MAC address": changed((22, b"\2\0\0\0\0\x42")),
        "everybody's MAC address": changed((22, b"\xff" * 6)),
        "no MAC address": changed((22, bytes(6))),
        "from a group": changed((28, b"\xe0\0\0\1")),
        "from everybody": changed((28, b"\xff" * 4)),
        "from the gateway": arp(src, 1, GATEWAY, "192.168.44.9"),
        "gateway announced": arp(src, 1, GATEWAY, GATEWAY),
        "gateway claimed": arp(src, 2, GATEWAY, GATEWAY),
        "gateway probed for": arp(src, 1, "0.0.0.0", GATEWAY),
        "for no address": arp(src, 1, "192.168.44.7", "0.0.0.0"),
        "for everybody": arp(src, 1, "192.168.44.7", "255.255.255.255"),
        "for itself": arp(src, 1, "192.168.44.7", "192.168.44.7"),
        "from and for nobody": arp(src, 1, "0.0.0.0", "0.0.0.0"),
        "an answer nobody asked for": arp(
            src, 2, "192.168.44.7", GATEWAY, "02:00:5e:00:53:44",
            "02:00:5e:00:53:44"),
        "RARP": changed((12, b"\x80\x35"), (20, b"\0\3")),
        "padded to 1500": good.ljust(1514, b"\xaa"),
    }
    out.update(mutations("ARP", good))
    return out


PROTOCOLS = {"DHCP": dhcp, "DHCPv6": dhcp6, "ND": neighbours,
             "ARP": address_resolution}
