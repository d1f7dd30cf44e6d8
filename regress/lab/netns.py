# SPDX-License-Identifier: ISC
"""The two things `ip` is too slow or too coarse for: entering a namespace,
and switching bridge ports at a known instant."""

import contextlib
import ctypes
import os
import socket
import struct

_libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1


def setns(path):
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.setns(fd, CLONE_NEWNET) != 0:
            err = ctypes.get_errno()
            raise OSError(err, f"setns {path}: {os.strerror(err)}")
    finally:
        os.close(fd)


@contextlib.contextmanager
def inside(name):
    """Run a block of this thread inside the namespace of that name."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    setns(f"/run/netns/{name}")
    try:
        yield
    finally:
        if _libc.setns(home, CLONE_NEWNET) != 0:
            os._exit(70)        # everything we did next would hit a wrong net
        os.close(home)


def die_with_parent(sig):
    _libc.prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0)


def sysctl(name, **values):
    """sysctl(ns, net__ipv4__ip_forward=1): "__" stands for a slash."""
    with inside(name):
        for key, value in values.items():
            path = "/proc/sys/" + key.replace("__", "/")
            with open(path, "w", encoding="ascii") as f:
                f.write(str(value))


RTM_NEWLINK, RTM_SETLINK = 16, 19
AF_BRIDGE = 7
IFLA_PROTINFO, IFLA_BRPORT_STATE = 12, 1
IFF_UP = 1
BR_LISTENING, BR_FORWARDING = 1, 3
NLM_F_REQUEST, NLM_F_ACK, NLMSG_ERROR = 1, 4, 2


class LinkSwitch:
    """Sets bridge port states and IFF_UP of a namespace's links, a list of
    changes in one system call."""

    def __init__(self, ns):
        with inside(ns):
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
            self.index = dict((name, i) for i, name in socket.if_nameindex())
        self.sock.bind((0, 0))
        self.seq = 0

    def close(self):
        self.sock.close()

    @staticmethod
    def state(port, state):
        inner = struct.pack("=HHB3x", 5, IFLA_BRPORT_STATE, state)
        attr = struct.pack("=HH", 4 + len(inner), IFLA_PROTINFO | 0x8000)
        return (RTM_SETLINK, port, AF_BRIDGE, 0, 0, attr + inner)

    @staticmethod
    def up(port, up):
        return (RTM_NEWLINK, port, 0, IFF_UP if up else 0, IFF_UP, b"")

    def apply(self, *changes):
        if not changes:
            return
        out = b""
        for kind, port, family, flags, change, attrs in changes:
            self.seq += 1
            body = struct.pack("=BxHiII", family, 0, self.index[port], flags,
                               change) + attrs
            out += struct.pack("=IHHII", 16 + len(body), kind,
                               NLM_F_REQUEST | NLM_F_ACK, self.seq, 0) + body
        self.sock.send(out)
        left = len(changes)
        while left:
            data = self.sock.recv(65536)
            while data:
                length, kind = struct.unpack_from("=IH", data)
                if kind == NLMSG_ERROR:
                    err = struct.unpack_from("=i", data, 16)[0]
                    if err:
                        raise OSError(-err, os.strerror(-err))
                    left -= 1
                data = data[(length + 3) & ~3:]


def xid(mac):
    """The LLC XID frame that an access point's kernel injects with the
    station's source address when the station is authorised (802.11f 6.1)."""
    src = bytes.fromhex(mac.replace(":", ""))
    return (b"\xff" * 6 + src + b"\x00\x06" + b"\x00\x01\xaf\x81\x01\x00")


class PacketSocket:
    """Sends raw frames out of one interface of a namespace."""

    def __init__(self, ns, ifname):
        with inside(ns):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.sock.bind((ifname, 0))

    def send(self, frame):
        try:
            self.sock.send(frame)
        except OSError:         # the port has no carrier just now
            pass

    def close(self):
        self.sock.close()
