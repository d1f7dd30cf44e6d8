# SPDX-License-Identifier: ISC
"""Judges of a Wi-Fi network: what a station suffers, what the kernel says."""

import statistics
import time

from .base import LabError
from .probe import Streams
from .topology import SERVER4, SERVER6


class Judge:
    """Roams of one station under traffic, and what it suffered."""

    def __init__(self, net, station="sta1", timeout=20):
        self.net, self.lab, self.station = net, net.lab, station
        self.addrs = net.wait_addresses(station)
        for dst in (SERVER4, SERVER6):
            self.lab.ping(station, dst, 30)
        for addr in self.addrs:
            self.lab.ping("server", addr, 30)
        self.streams = Streams(self.lab, "server", (SERVER4, SERVER6),
                               {station: self.addrs})
        self.flows(timeout=timeout)

    def flows(self, since=0, timeout=20):
        if not self.streams.wait_flowing(self.station,
                                         since or time.time_ns(), timeout):
            raise LabError(f"{self.station}: no traffic: {self.dead()}")

    def dead(self):
        """Which streams do not arrive."""
        now = time.time_ns()
        return [f"IPv{f} {w}" for f, w in self.streams.keys()
                if self.streams.outage(self.station, f, w, now - 3 * 10**8,
                                       now - 10**8).lost]

    def lost(self, begin, end):
        return {key: self.streams.outage(self.station, *key, begin, end).lost
                for key in self.streams.keys()}

    def roam(self, target, **kw):
        """One roam, until all flows again; the outage beyond the 802.11
        roam in ms by family and way."""
        move = self.net.air.move(self.station, target, **kw)
        self.flows(move.on)
        return self.beyond(move)

    def outages(self, move):
        """What came too late or not at all, less the roam itself."""
        end = time.time_ns() - 50 * 10**6
        return {key: self.streams.outage(self.station, *key, move.off, end).ms
                - move.gap_ms for key in self.streams.keys()}

    def beyond(self, move):
        out = self.outages(move)
        print(f"{move.old} > {move.new}: {move.gap_ms:.0f} ms; beyond: "
              + ", ".join(f"IPv{f} {w} {ms:+.0f}"
                          for (f, w), ms in out.items()))
        return out

    def kept(self):
        assert self.net.addresses(self.station) == self.addrs
        for (_s, family), (alive, _n, _c) in self.streams.tcp().items():
            assert alive, f"TCP over IPv{family}"

    def only_at(self, router, among=None):
        """It has its local routes at this router and no other."""
        for ns in among or self.net.routers:
            for family, addr in zip(("-4", "-6"), self.addrs):
                def local(ns=ns, family=family, addr=addr):
                    return bool(self.lab.run(
                        "ip", family, "route", "show", "table", "main",
                        "proto", "44", "match", addr, ns=ns).strip())
                self.lab.wait(lambda f=local, ns=ns: f() == (ns == router),
                              f"{ns}: route to {addr} "
                              f"{'there' if ns == router else 'gone'}", 15)


class Watch:
    """`ip monitor` on some objects in a namespace."""

    def __init__(self, lab, ns, *objects, family=()):
        self.ns = ns
        self.proc = lab.spawn(f"{ns}-watch-{'-'.join(objects)}",
                              ["ip", "-o", *family, "monitor", *objects],
                              ns=ns)
        self.begin = 0

    def mark(self):
        self.begin = len(self.proc.text())

    def lines(self, word=""):
        return [line for line in self.proc.text()[self.begin:].splitlines()
                if word in line]


def medians(rows):
    """Of several roams' outages, by family and way."""
    return {key: statistics.median(row[key] for row in rows)
            for key in rows[0]}
