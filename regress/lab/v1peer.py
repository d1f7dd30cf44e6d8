# SPDX-License-Identifier: ISC
"""A whole node of version 1, written from sroam-flood(7) and the
description: it keeps a table, breaks ties as version 1 did, passes changes on
between its sessions, and has the quirks that are asked for."""

import selectors
import socket
import struct
import threading
import time

from . import netns
from .v1 import HANDSHAKE, LEASE4, LEASE6, LOCATION, mac_octets

UNKNOWN_TLV = bytes([200, 3, 1, 2, 3]) + b"\0" + bytes([1, 2, 0, 0])


def key_lease4(addr):
    return bytes([LEASE4]) + socket.inet_aton(addr)


def key_lease6(prefix):
    return bytes([LEASE6]) + socket.inet_pton(socket.AF_INET6, prefix)[:8]


def key_location(mac):
    return bytes([LOCATION]) + mac_octets(mac)


def newer(a, b):
    """Serial arithmetic, RFC 1982."""
    return a != b and (a - b) % 65536 < 32768


class Session:
    def __init__(self, sock, target=None, connecting=False):
        self.sock, self.target = sock, target
        self.connecting, self.shaken = connecting, False
        self.input, self.output = b"", bytearray()


class V1Peer:
    def __init__(self, lab, ns, port=4444, connect=(), listen=True,
                 double_handshake=True, octets=False, unknown=False):
        self.lab, self.ns, self.port = lab, ns, port
        self.targets, self.listens = list(connect), listen
        self.double, self.octets, self.unknown = \
            double_handshake, octets, unknown
        self.table = {}         # key: (seqno, expires, value)
        self.lock = threading.RLock()
        self.thread = None
        lab.closers.append(self.die)

    # Life

    def start(self):
        self.sel = selectors.DefaultSelector()
        self.sessions, self.retry, self.stopping = set(), {}, False
        self.wake, waker = socket.socketpair()
        self.sel.register(waker, selectors.EVENT_READ, "wake")
        self.waker, self.listener = waker, None
        if self.listens:
            with netns.inside(self.lab.ns_name(self.ns)):
                self.listener = socket.socket(socket.AF_INET)
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR,
                                     1)
            self.listener.bind(("0.0.0.0", self.port))
            self.listener.listen(8)
            self.listener.setblocking(False)
            self.sel.register(self.listener, selectors.EVENT_READ, "listen")
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def die(self):
        """The power goes: resets, no goodbye; the table is lost."""
        if self.thread is None:
            return
        self.stopping = True
        self.wake.send(b"x")
        self.thread.join(5)
        self.thread = None
        for s in list(self.sessions):
            s.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              struct.pack("ii", 1, 0))
            s.sock.close()
        for sock in (self.listener, self.wake, self.waker):
            if sock:
                sock.close()
        self.sel.close()
        self.table = {}

    # What a router would do

    def put(self, key, value, seqno=None, lifetime=1800):
        """A datum of its own; the next seqno unless one is given."""
        with self.lock:
            if seqno is None:
                old = self.table.get(key)
                seqno = (old[0] + 1) % 65536 if old else 1
            self._store(key, (seqno, time.monotonic() + lifetime, value),
                        None)
        self.wake.send(b"x")

    def lease4(self, addr, mac, **kw):
        self.put(key_lease4(addr), mac_octets(mac), **kw)

    def claim(self, mac, router, **kw):
        kw.setdefault("lifetime", 5400)
        self.put(key_location(mac), router, **kw)

    def get(self, key):
        """(seqno, value) of what is there and has not expired."""
        with self.lock:
            got = self.table.get(key)
        if got is None or got[1] < time.monotonic():
            return None
        return got[0], got[2]

    def live(self):
        with self.lock:
            return {k: (v[0], v[2]) for k, v in self.table.items()
                    if v[1] >= time.monotonic()}

    def up(self):
        return sum(s.shaken for s in list(self.sessions))

    # The protocol

    def _store(self, key, new, source):
        old = self.table.get(key)
        if old is not None and old[1] >= time.monotonic():
            if newer(old[0], new[0]):
                return
            # Version 1: the longer lifetime, whatever the value.
            if old[0] == new[0] and int(new[1]) <= int(old[1]):
                return
        self.table[key] = new
        for s in list(self.sessions):
            if s is not source and s.shaken:
                s.output += self._update(key, new)

    @staticmethod
    def _update(key, datum):
        seqno, expires, value = datum
        lifetime = max(0, int(expires - time.monotonic()))
        body = struct.pack(">HIB", seqno, lifetime, len(key)) + key + value
        return bytes([2, len(body)]) + body

    def _dump(self, s):
        for key, datum in self.table.items():
            s.output += self._update(key, datum)
        if self.unknown:
            s.output += UNKNOWN_TLV

    def _parse(self, s):
        data = s.input
        if not s.shaken:
            if len(data) < 4:
                return
            if data[:2] != HANDSHAKE[:2]:
                self._end(s)
                return
            data, s.shaken = data[4:], True
            self._dump(s)
        at = 0
        while at < len(data):
            if data[at] == 0:
                at += 1
                continue
            if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
                break
            kind, body = data[at], data[at + 2:at + 2 + data[at + 1]]
            at += 2 + len(body)
            if kind == 2 and len(body) >= 7:
                seqno, lifetime, keylen = struct.unpack_from(">HIB", body)
                self._store(body[7:7 + keylen],
                            (seqno, time.monotonic() + lifetime,
                             body[7 + keylen:]), s)
        s.input = data[at:]

    # Its loop

    def _run(self):
        while not self.stopping:
            now = time.monotonic()
            for target in self.targets:
                if self.retry.get(target, 0) <= now and not any(
                        s.target == target for s in self.sessions):
                    self._connect(target)
            with self.lock:
                for s in list(self.sessions):
                    self._interest(s)
            for key, events in self.sel.select(0.2):
                with self.lock:
                    self._event(key, events)

    def _event(self, key, events):
        if key.data == "wake":
            self.waker.recv(4096)
        elif key.data == "listen":
            try:
                sock, _addr = self.listener.accept()
            except OSError:
                return
            self._session(Session(sock))
        elif key.data in self.sessions:
            self._serve(key.data, events)

    def _connect(self, target):
        self.retry[target] = time.monotonic() + 0.5
        with netns.inside(self.lab.ns_name(self.ns)):
            sock = socket.socket(socket.AF_INET)
        sock.setblocking(False)
        if sock.connect_ex(target) not in (0, 115):
            sock.close()
            return
        self._session(Session(sock, target, True))

    def _session(self, s):
        s.sock.setblocking(False)
        s.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.output += HANDSHAKE * (2 if self.double else 1)
        self.sessions.add(s)
        self.sel.register(s.sock, selectors.EVENT_READ, s)

    def _interest(self, s):
        want = selectors.EVENT_READ
        if s.output or s.connecting:
            want |= selectors.EVENT_WRITE
        self.sel.modify(s.sock, want, s)

    def _end(self, s):
        if s in self.sessions:
            self.sessions.discard(s)
            self.sel.unregister(s.sock)
            s.sock.close()

    def _serve(self, s, events):
        try:
            if events & selectors.EVENT_WRITE:
                s.connecting = False
                step = 1 if self.octets else 65536
                # A few at a time even octet by octet: others want a turn.
                for _ in range(64):
                    if not s.output:
                        break
                    del s.output[:s.sock.send(s.output[:step])]
            if events & selectors.EVENT_READ:
                data = s.sock.recv(65536)
                if not data:
                    raise OSError
                s.input += data
                self._parse(s)
        except BlockingIOError:
            pass
        except OSError:
            self._end(s)
