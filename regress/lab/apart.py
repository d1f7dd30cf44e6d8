# SPDX-License-Identifier: ISC
"""Who reaches whom: datagrams from everybody to everybody, counted."""

import itertools
import select
import socket
import time

PORT, PACKETS = 9999, 40


def arrives(lab, one, source, other, dest):
    """Whether a datagram does: dest is (address, port)."""
    family = socket.AF_INET6 if ":" in dest[0] else socket.AF_INET
    with lab.inside(other):
        ear = socket.socket(family, socket.SOCK_DGRAM)
    with lab.inside(one):
        mouth = socket.socket(family, socket.SOCK_DGRAM)
    with ear, mouth:
        ear.bind(dest)
        mouth.bind((source, 0))
        for _ in range(3):
            mouth.sendto(b"x", dest)
            if select.select([ear], [], [], 0.2)[0]:
                return True
    return False


class Exchange:
    """A socket of each in each family; may(one, other): what is allowed."""

    def __init__(self, lab, addrs, may):
        """addrs: {namespace: (IPv4, IPv6)}"""
        self.lab, self.addrs, self.may, self.socks = lab, addrs, may, {}
        for who, own in addrs.items():
            with lab.inside(who):
                for v, addr in enumerate(own):
                    self.socks[who, v] = self._socket(v, addr)
                    lab.closers.append(self.socks[who, v].close)

    @staticmethod
    def _socket(v, addr):
        s = socket.socket((socket.AF_INET, socket.AF_INET6)[v],
                          socket.SOCK_DGRAM)
        s.bind((addr, PORT))
        s.setblocking(False)
        return s

    def _send(self, one, other, v):
        try:
            self.socks[one, v].sendto(f"{one} {other}".encode(),
                                      (self.addrs[other][v], PORT))
        except OSError:
            pass                    # told of an earlier one: prohibited

    def _receive(self, got, wait):
        end = time.monotonic() + wait
        while select.select(list(self.socks.values()), [], [],
                            max(0, end - time.monotonic()))[0]:
            for (who, v), s in self.socks.items():
                try:
                    while True:
                        one, other = s.recv(100).decode().split()
                        assert other == who
                        got[one, other, v] = got.get((one, other, v), 0) + 1
                except OSError:
                    continue

    def pairs(self):
        for one, other in itertools.permutations(self.addrs, 2):
            for v in (0, 1):
                yield one, other, v

    def exchange(self, rounds=PACKETS, every=lambda n: None, pause=0.02):
        """All send to all, so many times: what arrived, by pair."""
        got = {}
        self._receive({}, 0.1)
        for n in range(rounds):
            every(n)
            for pair in self.pairs():
                self._send(*pair)
            self._receive(got, pause)
        self._receive(got, 1.0)
        return got

    def across(self, got):
        return {p: n for p, n in got.items() if not self.may(*p[:2])}

    def missing(self, got, rounds=PACKETS):
        return {p: got.get(p, 0) for p in self.pairs()
                if self.may(*p[:2]) and got.get(p, 0) < rounds * 0.9}

    def settle(self):
        """Until all that is allowed passes."""
        self.lab.wait(lambda: not self.missing(self.exchange(2), 2),
                      "all that is allowed passes", 40, 0.1)
