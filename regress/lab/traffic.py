# SPDX-License-Identifier: ISC
"""Packets to and from many stations, each one followed.

One process holds the sockets of all ends: a socket stays in the namespace in
which it was made.  Every 5 ms it sends four numbered UDP packets, one of each
family to the next station and one from it, so that each way and family has
200 a second; the far end is each of the others in turn.  What has not come
PATIENT_S later is lost.
"""

import select
import socket
import struct
import threading
import time

from . import netns

INTERVAL_NS = 5 * 10**6
PORT, PATIENT_S = 7100, 5
PACKET = struct.Struct("=II")           # flow, number


class Flow:
    """Of one family, one way, between a station and another end."""

    def __init__(self, name, sock, to):
        self.name, self.sock, self.to = name, sock, to
        self.sent, self.arrived = [], {}        # ns; number: ns


class Outcome:
    """What became of the packets of a stretch of time."""

    def __init__(self, flows):
        self.sent = self.lost = 0
        self.gap_ms, self.losers = 0.0, {}
        for name, sent, arrived in flows:
            lost = [n for n, _t in sent if n not in arrived]
            self.sent += len(sent)
            self.lost += len(lost)
            if lost:
                self.losers[name] = len(lost)
                self.gap_ms = max(self.gap_ms, self._gap(sent, arrived))

    @staticmethod
    def _gap(sent, arrived):
        """The longest time from the sending of a packet that was lost to that
        of the next which was not."""
        worst, since = 0, None
        for n, t in sent:
            if n not in arrived:
                since = t if since is None else since
            if since is not None:
                worst = max(worst, t - since)
            if n in arrived:
                since = None
        return worst / 1e6

    def __str__(self):
        worst = sorted(self.losers.items(), key=lambda x: -x[1])[:4]
        return (f"{self.lost} of {self.sent} lost, {self.gap_ms:.0f} ms at "
                f"the most: {worst}")


class Traffic:
    def __init__(self, lab, stations, ends):
        """Both {namespace: (IPv4, IPv6)}."""
        self.lab, self.flows, self.turn = lab, [], 0
        self.stopping, self.poll = False, select.epoll()
        self.socks = {}
        everyone = dict(stations, **ends)
        made = {ns: [self._socket(ns, a) for a in addrs]
                for ns, addrs in everyone.items()}
        self.rounds = []        # of four flows each
        for end in ends:
            for sta in stations:
                self.rounds.append([
                    self._flow(a, b, f, made, everyone)
                    for f in (0, 1) for a, b in ((sta, end), (end, sta))])
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        lab.closers.append(self.close)

    def _socket(self, ns, addr):
        family = socket.AF_INET6 if ":" in addr else socket.AF_INET
        with netns.inside(self.lab.ns_name(ns)):
            sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind((addr, PORT))
        sock.setblocking(False)
        self.poll.register(sock, select.EPOLLIN)
        self.socks[sock.fileno()] = sock
        return sock

    def _flow(self, a, b, family, made, addrs):
        flow = Flow(f"{a} to {b}, IPv{6 if family else 4}", made[a][family],
                    (addrs[b][family], PORT))
        self.flows.append(flow)
        return len(self.flows) - 1

    def _run(self):
        due = time.monotonic_ns()
        while not self.stopping:
            left = due - time.monotonic_ns()
            if left <= 0:
                with self.lock:
                    for i in self.rounds[self.turn]:
                        self._send(i, self.flows[i])
                self.turn = (self.turn + 1) % len(self.rounds)
                # Never make up for lost time: a burst measures nothing.
                due = max(due + INTERVAL_NS,
                          time.monotonic_ns() + INTERVAL_NS // 2)
                left = due - time.monotonic_ns()
            for fd, _event in self.poll.poll(max(left, 0) / 1e9):
                with self.lock:
                    self._receive(self.socks[fd])

    def _send(self, i, flow):
        now = time.monotonic_ns()
        flow.sent.append(now)
        try:
            flow.sock.sendto(PACKET.pack(i, len(flow.sent) - 1), flow.to)
        except OSError:
            pass                # no route just now: it counts as lost

    def _receive(self, sock):
        while True:
            try:
                data = sock.recv(256)
            except OSError:     # no more, or what ICMP says of one we sent
                return
            if len(data) == PACKET.size:
                i, number = PACKET.unpack(data)
                self.flows[i].arrived[number] = time.monotonic_ns()

    def outcome(self, begin, end=None):
        """Of the packets sent from begin to end (ns, monotonic; now), once
        all have come, or are not expected any more."""
        end = end or time.monotonic_ns()
        while True:
            assert self.thread.is_alive()
            late = time.monotonic() > end / 1e9 + PATIENT_S
            with self.lock:
                out = Outcome([(f.name, [
                    (n, t) for n, t in enumerate(f.sent) if begin <= t < end],
                    dict(f.arrived)) for f in self.flows])
            if late or out.lost == 0:
                return out
            time.sleep(0.1)

    def wait_flowing(self, timeout=20):
        """Until a whole round of all flows has arrived."""
        begin = time.monotonic_ns()

        def flows():
            with self.lock:
                return all(any(t >= begin and n in f.arrived for n, t in
                               list(enumerate(f.sent))[-20:])
                           for f in self.flows)
        self.lab.wait(flows, "traffic of all stations", timeout, 0.2)

    def close(self):
        if self.stopping:
            return
        self.stopping = True
        self.thread.join()
        for sock in self.socks.values():
            sock.close()
        self.poll.close()
