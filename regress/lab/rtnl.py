# SPDX-License-Identifier: ISC
"""What a namespace's kernel holds, read over one socket that stays: routes,
next-hop objects, rules, addresses.  `ip` would be a process for each."""

import ipaddress
import os
import socket
import struct

from . import netns

RTM_NEWROUTE, RTM_DELROUTE = 24, 25
RTM_GETADDR, RTM_GETROUTE, RTM_GETRULE, RTM_GETNEXTHOP = 22, 26, 34, 106
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLM_F_REPLACE, NLM_F_CREATE = 0x100, 0x400
RTPROT_STATIC, RTN_UNICAST = 4, 1
NLMSG_ERROR, NLMSG_DONE = 2, 3
SOL_NETLINK, NETLINK_GET_STRICT_CHK = 270, 12
RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_TABLE = 1, 4, 5, 6, 15
RTA_VIA, RTA_NH_ID = 18, 30
FRA_PRIORITY, FRA_TABLE, FRA_PROTOCOL = 6, 15, 21
NHA_ID, NHA_OIF, NHA_GATEWAY = 1, 5, 6
IFA_ADDRESS, IFA_LOCAL, IFA_FLAGS = 1, 2, 8
IFA_F_DADFAILED, IFA_F_DEPRECATED, IFA_F_TENTATIVE = 0x08, 0x20, 0x40
MAIN = 254
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


def _attributes(data):
    """{type: octets} of a list of attributes."""
    out, at = {}, 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4:
            break
        out[kind & 0x3fff] = data[at + 4:at + length]
        at += (length + 3) & ~3
    return out


def _number(attrs, kind):
    return struct.unpack("=I", attrs[kind])[0] if kind in attrs else None


def _address(attrs, kind):
    return str(ipaddress.ip_address(attrs[kind])) if kind in attrs else None


class Kernel:
    """Of one namespace, by its full name."""

    def __init__(self, ns):
        self.ns, self.names, self.seq = ns, {}, 0
        with netns.inside(ns):
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1)
        self.sock.bind((0, 0))

    def close(self):
        self.sock.close()

    def _dump(self, kind, head):
        """The bodies of all answers."""
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", 16 + len(head), kind,
                                   NLM_F_REQUEST | NLM_F_DUMP, self.seq, 0)
                       + head)
        while True:
            data, at = self.sock.recv(1 << 17), 0
            while at + 16 <= len(data):
                length, what, _flags, seq = struct.unpack_from("=IHHI", data,
                                                               at)
                body = data[at + 16:at + length]
                at += (length + 3) & ~3
                if seq != self.seq:
                    continue
                if what == NLMSG_DONE:
                    return
                if what == NLMSG_ERROR:
                    error = -struct.unpack_from("=i", body)[0]
                    if error == 2:      # a table that never had a route
                        return
                    raise OSError(error, f"{self.ns}: netlink dump {kind}")
                yield body

    def name(self, index):
        """Of an interface; None for None."""
        if index is not None and index not in self.names:
            with netns.inside(self.ns):
                self.names = dict(socket.if_nameindex())
        return self.names.get(index)

    def routes(self, version, table):
        """[{dst, proto, dev, via, nhid, metric}] of a table; dst with its
        length, via and nhid None where there is none."""
        head = struct.pack("=BBBBBBBBI", FAMILIES[version], 0, 0, 0,
                           min(table, 255), 0, 0, 0, 0)
        out = []
        for body in self._dump(RTM_GETROUTE, head):
            _f, dst_len, _s, _t, rtable, proto = struct.unpack_from("=6B",
                                                                    body)
            a = _attributes(body[12:])
            if a.get(RTA_TABLE):
                rtable = _number(a, RTA_TABLE)
            if rtable != table or body[7] != RTN_UNICAST:
                continue
            dst = _address(a, RTA_DST) or ("0.0.0.0" if version == 4
                                           else "::")
            out.append({"dst": f"{dst}/{dst_len}", "proto": proto,
                        "dev": self.name(_number(a, RTA_OIF)),
                        "via": _address(a, RTA_GATEWAY),
                        "nhid": _number(a, RTA_NH_ID),
                        "metric": _number(a, RTA_PRIORITY) or 0})
        return out

    def index(self, name):
        if name not in self.names.values():
            with netns.inside(self.ns):
                self.names = dict(socket.if_nameindex())
        return next(i for i, n in self.names.items() if n == name)

    def set_routes(self, changes):
        """changes: [(prefix, (dev, via) or None to delete it)], of the main
        table, static ones."""
        for dst, way in changes:
            net = ipaddress.ip_network(dst)
            body = struct.pack("=BBBBBBBBI", FAMILIES[net.version],
                               net.prefixlen, 0, 0, MAIN, RTPROT_STATIC, 0,
                               RTN_UNICAST, 0)
            attrs = [(RTA_DST, net.network_address.packed)]
            kind, flags = RTM_DELROUTE, 0
            if way:
                kind, flags = RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE
                attrs += [(RTA_OIF, struct.pack("=I", self.index(way[0]))),
                          (RTA_GATEWAY, ipaddress.ip_address(way[1]).packed)]
            for what, data in attrs:
                body += struct.pack("=HH", 4 + len(data), what) + data
                body += bytes(-len(data) % 4)
            self._ask(kind, flags, body, f"{dst} {way}")

    def _ask(self, kind, flags, body, what):
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", 16 + len(body), kind,
                                   NLM_F_REQUEST | NLM_F_ACK | flags,
                                   self.seq, 0) + body)
        while True:
            data = self.sock.recv(65536)
            seq, = struct.unpack_from("=I", data, 8)
            if seq == self.seq:
                break
        error = -struct.unpack_from("=i", data, 16)[0]
        if error:
            raise OSError(error, f"{self.ns}: {what}: {os.strerror(error)}")

    def nexthops(self):
        """{id: (proto, dev, via)}"""
        out = {}
        for body in self._dump(RTM_GETNEXTHOP, struct.pack("=BBBBI", 0, 0, 0,
                                                           0, 0)):
            a = _attributes(body[8:])
            out[_number(a, NHA_ID)] = (body[2], self.name(_number(a, NHA_OIF)),
                                       _address(a, NHA_GATEWAY))
        return out

    def rules(self, version):
        """[(priority, table, proto)]"""
        head = struct.pack("=BBBBBBBBI", FAMILIES[version], *[0] * 8)
        out = []
        for body in self._dump(RTM_GETRULE, head):
            a = _attributes(body[12:])
            proto = a[FRA_PROTOCOL][0] if FRA_PROTOCOL in a else 0
            out.append((_number(a, FRA_PRIORITY) or 0,
                        _number(a, FRA_TABLE) or body[4], proto))
        return out

    def addresses(self, dev):
        """[(address/length, usable)] of global scope of an interface;
        deprecated and tentative ones are not usable."""
        out = []
        for body in self._dump(RTM_GETADDR, struct.pack("=BBBBI", *[0] * 5)):
            _f, length, flags, scope, index = struct.unpack_from("=BBBBI",
                                                                 body)
            a = _attributes(body[8:])
            if IFA_FLAGS in a:
                flags = _number(a, IFA_FLAGS)
            if scope != 0 or self.name(index) != dev:
                continue
            addr = _address(a, IFA_LOCAL) or _address(a, IFA_ADDRESS)
            out.append((f"{addr}/{length}", not flags & (
                IFA_F_DADFAILED | IFA_F_DEPRECATED | IFA_F_TENTATIVE)))
        return out
