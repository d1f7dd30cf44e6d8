# SPDX-License-Identifier: ISC
"""A node of version 1, written from sroam-flood(7): it sends its handshake
twice, no keepalive, and each octet in a segment of its own."""

import socket
import struct
import threading

from . import netns

HANDSHAKE = bytes([44, 1, 0, 0])
LEASE4, LEASE6, LOCATION = 0, 1, 2


def mac_octets(mac):
    return bytes.fromhex(mac.replace(":", ""))


def lease4(addr, mac, seqno=1, lifetime=1800):
    return update(seqno, lifetime, bytes([LEASE4]) + socket.inet_aton(addr),
                  mac_octets(mac))


def lease6(prefix, mac, seqno=1, lifetime=1800):
    half = socket.inet_pton(socket.AF_INET6, prefix)[:8]
    return update(seqno, lifetime, bytes([LEASE6]) + half, mac_octets(mac))


def location(mac, router, seqno=1, lifetime=5400):
    return update(seqno, lifetime, bytes([LOCATION]) + mac_octets(mac), router)


def update(seqno, lifetime, key, value):
    body = struct.pack(">HIB", seqno, lifetime, len(key)) + key + value
    return bytes([2, len(body)]) + body


def router_value(addr, name):
    """As a router says it, with a key and a signature of nobody."""
    return (bytes([1, 4]) + socket.inet_aton(addr) + bytes([3, len(name)])
            + name + bytes([5, 32]) + b"k" * 32 + bytes([7, 8]) + b"r" * 8
            + bytes([6, 64]) + b"s" * 64)


class V1Node:
    """One session with a daemon; `table` is what it sent us."""

    def __init__(self, sock, octet_by_octet=True,
                 handshake=HANDSHAKE + HANDSHAKE):
        self.sock, self.slow = sock, octet_by_octet
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.table, self.stream, self.ended = {}, b"", False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        self.send(handshake)

    @classmethod
    def connect(cls, lab, ns, addr, port=4444, **kw):
        with netns.inside(lab.ns_name(ns)):
            sock = socket.socket()
        sock.settimeout(5)
        sock.connect((addr, port))
        sock.settimeout(None)
        return cls(sock, **kw)

    @classmethod
    def listen(cls, lab, ns, addr="0.0.0.0", port=4444):
        """A listening socket, for accept()."""
        with netns.inside(lab.ns_name(ns)):
            sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((addr, port))
        sock.listen(4)
        sock.settimeout(15)
        return sock

    def send(self, data):
        if not self.slow:
            self.sock.sendall(data)
            return
        for i in range(len(data)):
            self.sock.sendall(data[i:i + 1])

    def _read(self):
        try:
            while True:
                data = self.sock.recv(65536)
                if not data:
                    break
                self.stream += data
                self._parse()
        except OSError:
            pass
        self.ended = True

    def _parse(self):
        """Our own reading of the stream, from the start each time."""
        data, table = self.stream[4:], {}
        while data:
            if data[0] == 0:
                data = data[1:]
                continue
            if len(data) < 2 or len(data) < 2 + data[1]:
                break
            kind, body = data[0], data[2:2 + data[1]]
            data = data[2 + len(body):]
            if kind == 2 and len(body) >= 7:
                seqno, lifetime, keylen = struct.unpack_from(">HIB", body)
                table[body[7:7 + keylen]] = (seqno, lifetime,
                                             body[7 + keylen:])
        self.table = table

    def tlvs(self):
        """(type, body) of all that has arrived behind the handshake."""
        data, found = self.stream[4:], []
        while len(data) >= 2 and len(data) >= 2 + data[1]:
            found.append((data[0], data[2:2 + data[1]]))
            data = data[2 + data[1]:]
        return found

    def lease4(self, addr):
        """(seqno, lifetime, value) of an address's lease, or None."""
        return self.table.get(bytes([LEASE4]) + socket.inet_aton(addr))

    def location(self, mac):
        return self.table.get(bytes([LOCATION]) + mac_octets(mac))

    def die(self):
        """As when the power goes: a reset, no goodbye."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.sock.close()
