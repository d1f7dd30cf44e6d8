#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Measuring streams between the stations and the server.

Each end is one process (this file, started inside the namespace) with one
loop.  Every 5 ms (INTERVAL_MS) it sends one numbered UDP packet per stream; the receiver
notes the kernel's time of arrival.  Both notes are arrays in one shared file,
indexed by sequence number, so that the test can look at any time.  Beside
them a station holds one TCP connection per family that carries consecutive
numbers; the server checks them and sends them back, the station checks again.

A packet is lost if it never came; it is missed if it came more than LATE ms
after it was sent.  The outage of a roam is the sum, over every run of missed
packets, of the time from sending the first of them to sending the next one
that was received.
"""

import mmap
import os
import select
import socket
import struct
import sys
import time

# Emulated machines cannot have it as fine.
INTERVAL_MS = int(os.environ.get("PROBE_MS", "5"))
LATE_MS = 4 * INTERVAL_MS
SLOTS = 1 << 20                 # packets a stream may have: 87 minutes
PORT = 7000
HEAD = 4096
FAMILIES = ("4", "6")
WAYS = ("up", "down")           # station to server, server to station

TCP_OPEN, TCP_BROKEN = 1, 2
CHUNK = 32                      # numbers written at a time

SO_TIMESTAMPNS = 35
PATIENCE = float(os.environ.get("LAB_PATIENCE", "1"))       # as in base.py


class Shared:
    """The file: a head, then for every stream its times of sending and of
    arrival (ns of the wall clock, 0: not)."""

    def __init__(self, path, stations, create=False):
        self.streams = [(s, f, w) for s in range(stations) for f in FAMILIES
                        for w in WAYS]
        self.index = {k: i for i, k in enumerate(self.streams)}
        size = HEAD + len(self.streams) * 2 * SLOTS * 8
        flags = os.O_RDWR | (os.O_CREAT if create else 0)
        fd = os.open(path, flags, 0o600)
        if create:
            os.ftruncate(fd, size)
        self.map = mmap.mmap(fd, size)
        os.close(fd)
        self.words = memoryview(self.map).cast("Q")

    def close(self):
        self.words.release()
        self.map.close()

    def sent(self, stream):
        return HEAD // 8 + stream * 2 * SLOTS

    def arrived(self, stream):
        return HEAD // 8 + (stream * 2 + 1) * SLOTS

    # The first words: 0 stop, 1 ends that are ready, 2 no more numbers; from
    # 8 on, per TCP connection: numbers sent, checked by the server, checked by
    # the station, state.
    def tcp_word(self, station, family, what):
        return 8 + (station * 2 + FAMILIES.index(family)) * 4 + what


class End:
    """One process: the streams it sends, those it receives, its TCP."""

    def __init__(self, shared):
        self.sh, self.poll = shared, select.epoll()
        self.on, self.out = {}, []

    def listen_udp(self, family, addr):
        sock = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        sock.bind((addr, PORT))
        sock.setblocking(False)
        self.watch(sock, self.receive)
        return sock

    def watch(self, sock, fn, events=select.EPOLLIN):
        self.on[sock.fileno()] = (sock, fn)
        self.poll.register(sock, events)

    def forget(self, sock):
        self.poll.unregister(sock)
        del self.on[sock.fileno()]

    def send_to(self, stream, sock, addr):
        self.out.append([self.sh.sent(stream), stream, sock, addr])

    def receive(self, sock):
        words, unpack = self.sh.words, struct.unpack_from
        while True:
            try:
                data, anc, _flags, _addr = sock.recvmsg(256, 64)
            except BlockingIOError:
                return
            if len(data) < 8:
                continue
            stream, seq = unpack("=II", data)
            sec, nsec = unpack("=qq", anc[0][2])
            if seq < SLOTS and stream < len(self.sh.streams):
                slot = self.sh.arrived(stream) + seq
                if not words[slot]:
                    words[slot] = sec * 10**9 + nsec

    def run(self, periodic):
        words, seq = self.sh.words, 0
        step = INTERVAL_MS * 10**6
        due = time.monotonic_ns()
        pad = bytes(56)
        while not words[0]:
            left = due - time.monotonic_ns()
            if left <= 0:
                if seq < SLOTS:
                    for base, stream, sock, addr in self.out:
                        words[base + seq] = time.time_ns()
                        try:
                            sock.sendto(struct.pack("=II", stream, seq) + pad,
                                        addr)
                        except OSError:
                            pass        # no route just now: it counts as lost
                    seq += 1
                periodic(seq)
                # Never make up for lost time: a burst measures nothing.
                due = max(due + step, time.monotonic_ns() + step // 2)
                left = due - time.monotonic_ns()
            for fd, _ev in self.poll.poll(max(left, 0) / 1e9):
                if fd in self.on:
                    sock, fn = self.on[fd]
                    fn(sock)


class Numbers:
    """Consecutive 64-bit numbers in a byte stream, checked as they come."""

    def __init__(self):
        self.next, self.rest = 0, b""

    def take(self, data):
        data = self.rest + data
        count = len(data) // 8
        self.rest = data[count * 8:]
        for n in struct.unpack(f"={count}Q", data[:count * 8]):
            if n != self.next:
                return False
            self.next += 1
        return True

    @staticmethod
    def make(first, count):
        return struct.pack(f"={count}Q", *range(first, first + count))


class Server(End):
    def __init__(self, shared, addrs):
        """addrs: per station [IPv4, IPv6]."""
        super().__init__(shared)
        self.conns = {}
        for family, af, any_addr in (("4", socket.AF_INET, "0.0.0.0"),
                                     ("6", socket.AF_INET6, "::")):
            udp = self.listen_udp(af, any_addr)
            for number, addr in enumerate(addrs):
                self.send_to(shared.index[number, family, "down"], udp,
                             (addr[FAMILIES.index(family)], PORT))
            tcp = socket.socket(af, socket.SOCK_STREAM)
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if af == socket.AF_INET6:
                tcp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            tcp.bind((any_addr, PORT))
            tcp.listen(8)
            tcp.setblocking(False)
            self.watch(tcp, self.accept)
        shared.words[1] += 1

    def accept(self, listener):
        sock, _addr = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        self.conns[sock] = [None, Numbers(), b""]
        self.watch(sock, self.readable)

    def readable(self, sock):
        """First octet: which station and family; then numbers."""
        conn = self.conns[sock]
        try:
            data = sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        ok = bool(data)
        if conn[0] is None and data:
            station, family = data[0] >> 1, FAMILIES[data[0] & 1]
            conn[0] = self.sh.tcp_word(station, family, 0)
            data = data[1:]
        ok = ok and conn[1].take(data)
        if not ok:
            self.forget(sock)
            sock.close()
            del self.conns[sock]
            return
        self.sh.words[conn[0] + 1] = conn[1].next
        conn[2] += data
        self.flush(sock, conn)

    def flush(self, sock, conn):
        try:
            conn[2] = conn[2][sock.send(conn[2]):]
        except BlockingIOError:
            pass
        except OSError:
            conn[2] = b""

    def periodic(self, _seq):
        for sock, conn in list(self.conns.items()):
            if conn[2]:
                self.flush(sock, conn)


class Station(End):
    def __init__(self, shared, number, server):
        super().__init__(shared)
        self.conns = []
        for family, af, any_addr, addr in (
                ("4", socket.AF_INET, "0.0.0.0", server[0]),
                ("6", socket.AF_INET6, "::", server[1])):
            udp = self.listen_udp(af, any_addr)
            self.send_to(shared.index[number, family, "up"], udp, (addr, PORT))
            word = shared.tcp_word(number, family, 0)
            tcp = socket.create_connection((addr, PORT), timeout=10)
            tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tcp.send(bytes([number << 1 | FAMILIES.index(family)]))
            tcp.setblocking(False)
            shared.words[word + 3] = TCP_OPEN
            self.conns.append([tcp, word, 0, b"", Numbers()])
            self.watch(tcp, self.readable)
        shared.words[1] += 1

    def readable(self, sock):
        for conn in self.conns:
            if conn[0] is sock:
                try:
                    data = sock.recv(65536)
                except BlockingIOError:
                    return
                except OSError:
                    data = b""
                if not data or not conn[4].take(data):
                    self.broken(conn)
                    return
                self.sh.words[conn[1] + 2] = conn[4].next

    def broken(self, conn):
        self.sh.words[conn[1] + 3] = TCP_BROKEN
        self.forget(conn[0])
        conn[0].close()
        self.conns.remove(conn)

    def periodic(self, seq):
        """Every 20 ms some numbers, until it is stopped."""
        if seq % 4 or self.sh.words[2]:
            new = 0
        else:
            new = CHUNK
        for conn in list(self.conns):
            if new and len(conn[3]) < 1 << 16:
                conn[3] += Numbers.make(conn[2], new)
                conn[2] += new
                self.sh.words[conn[1]] = conn[2]
            if conn[3]:
                try:
                    conn[3] = conn[3][conn[0].send(conn[3]):]
                except BlockingIOError:
                    pass
                except OSError:
                    self.broken(conn)


class Outage:
    """What a stream suffered in a stretch of time."""

    def __init__(self, sent, lost, ms):
        self.sent, self.lost, self.ms = sent, lost, ms


class Streams:
    """The test's side: starts the ends, reads the shared file."""
    count = 0

    def __init__(self, lab, server_ns, server, stations):
        """stations: {namespace: (IPv4, IPv6)}."""
        self.lab, self.names = lab, list(stations)
        Streams.count += 1
        path = lab.path(f"streams{Streams.count}")
        self.sh = Shared(path, len(stations), create=True)
        here = os.path.realpath(__file__)
        base = ["/usr/bin/python3", here, path, str(len(stations))]
        self.procs = [lab.spawn("probe-server", base + ["server"] + [
            a for addrs in stations.values() for a in addrs], ns=server_ns)]
        lab.wait(lambda: self.sh.words[1] == 1, "probe server")
        for i, name in enumerate(self.names):
            self.procs.append(lab.spawn(
                "probe-" + name, base + ["station", str(i)] + list(server),
                ns=name))
            lab.wait(lambda i=i: self.sh.words[1] == i + 2, f"{name}: probe",
                     15)

    def keys(self):
        return [(f, w) for f in FAMILIES for w in WAYS]

    def _walk(self, station, family, way, begin, end):
        """(sent, arrived) of the packets sent in [begin, end)."""
        stream = self.sh.index[self.names.index(station), family, way]
        words = self.sh.words
        first, arr = self.sh.sent(stream), self.sh.arrived(stream)
        lo, hi = 0, SLOTS
        while lo < hi:                  # times rise, unused slots are 0
            mid = (lo + hi) // 2
            if words[first + mid] and words[first + mid] < begin:
                lo = mid + 1
            else:
                hi = mid
        while lo < SLOTS and words[first + lo] and words[first + lo] < end:
            yield words[first + lo], words[arr + lo]
            lo += 1

    def outage(self, station, family, way, begin, end):
        sent = lost = total = 0
        start = None
        t = begin
        for t, arrived in self._walk(station, family, way, begin, end):
            sent += 1
            lost += not arrived
            if not arrived or arrived - t > LATE_MS * 10**6:
                start = start or t
            elif start:
                total += t - start
                start = None
        if start:
            total += t - start + INTERVAL_MS * 10**6
        return Outage(sent, lost, total / 1e6)

    def full(self):
        """Whether an end has stopped, for it has no slot left."""
        return any(self.sh.words[self.sh.sent(i) + SLOTS - 1]
                   for i in range(len(self.sh.streams)))

    def flowing(self, station, since, count=8):
        """Whether all streams of the station have delivered their last
        `count` packets sent after `since`."""
        now = time.time_ns()
        # What was sent just now may be on its way: on a busy machine for
        # some intervals.
        for family, way in self.keys():
            got = list(self._walk(station, family, way,
                                  max(since, now - 40 * INTERVAL_MS * 10**6),
                                  now - 10 * INTERVAL_MS * 10**6))[-count:]
            if len(got) < count or not all(a for _s, a in got):
                return False
        return True

    def wait_flowing(self, station, since=0, timeout=10.0):
        """True, or False when time is up."""
        end = time.monotonic() + timeout * PATIENCE
        if self.full():
            raise RuntimeError(f"all {SLOTS} packets have been sent")
        while not self.flowing(station, since):
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def tcp(self):
        """{(station, family): (alive, sent, checked there and back)}."""
        out = {}
        for i, name in enumerate(self.names):
            for family in FAMILIES:
                w = self.sh.tcp_word(i, family, 0)
                sent, there, back, state = self.sh.words[w:w + 4]
                out[name, family] = (state == TCP_OPEN, sent, min(there, back))
        return out

    def finish_tcp(self, timeout=60):
        """Send no more numbers and wait until all have come back."""
        self.sh.words[2] = 1
        time.sleep(2 * INTERVAL_MS / 1000)

        def done():
            return all(not alive or sent == checked
                       for alive, sent, checked in self.tcp().values())
        try:
            self.lab.wait(done, "TCP", timeout)
        except Exception:       # the caller sees it in the numbers
            pass
        return self.tcp()

    def stop(self):
        self.sh.words[0] = 1
        for proc in self.procs:
            proc.stop(timeout=2)
        self.sh.close()


def main():
    path, stations, role, *args = sys.argv[1:]
    shared = Shared(path, int(stations))
    if role == "server":
        end = Server(shared, list(zip(args[::2], args[1::2])))
    else:
        end = Station(shared, int(args[0]), args[1:])
    end.run(end.periodic)


if __name__ == "__main__":
    main()
