# SPDX-License-Identifier: ISC
"""Wi-Fi tests run in the virtual machine of vm.py, a few networks for all."""

import os
import statistics
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lab import Lab                                             # noqa: E402
from lab.fixtures import (lab, module_lab, opened,              # noqa: E402
                          pytest_runtest_makereport)
from lab.probe import Streams                                   # noqa: E402
from lab.topology import SERVER4, SERVER6                       # noqa: E402
from lab.wifi import SYS, WifiNetwork                           # noqa: E402

__all__ = ["lab", "module_lab", "pytest_runtest_makereport"]

SCREEN = []


def pytest_configure(config):
    Lab.catch_signals()


def pytest_sessionstart(session):
    SCREEN.append(session.config.pluginmanager.get_plugin("terminalreporter"))


def pytest_collection_modifyitems(items):
    if not os.path.isdir(SYS):
        for item in items:
            item.add_marker(pytest.mark.skip(
                reason="no radios here: make regress SUITES=wifi"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
    """Say it at once: a machine whose time is over reports nothing."""
    if report.failed:
        SCREEN[0].write_line("\n" + report.longreprtext)


class Judge:
    """Roams of one station under traffic, and what it suffered."""

    def __init__(self, net, station="sta1"):
        self.net, self.lab, self.station = net, net.lab, station
        self.addrs = net.wait_addresses(station)
        for dst in (SERVER4, SERVER6):
            self.lab.ping(station, dst, 30)
        for addr in self.addrs:
            self.lab.ping("server", addr, 30)
        self.streams = Streams(self.lab, "server", (SERVER4, SERVER6),
                               {station: self.addrs})
        self.flows()

    def flows(self, since=0, timeout=20):
        assert self.streams.wait_flowing(
            self.station, since or time.time_ns(), timeout), "no traffic"

    def lost(self, begin, end):
        return {key: self.streams.outage(self.station, *key, begin, end).lost
                for key in self.streams.keys()}

    def roam(self, target, **kw):
        """One roam, until all flows again; the outage beyond the 802.11
        roam in ms by family and way."""
        move = self.net.air.move(self.station, target, **kw)
        self.flows(move.on)
        return self.beyond(move)

    def beyond(self, move):
        """What came too late or not at all, less the roam itself."""
        end = time.time_ns() - 50 * 10**6
        out = {key: self.streams.outage(self.station, *key, move.off, end).ms
               - move.gap_ms for key in self.streams.keys()}
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


class Site:
    """The network most tests share, its judge, and the bridge's figures."""

    def __init__(self, lab):
        self.lab = lab
        self.net = net = WifiNetwork(lab, extra=[("ap1", "wlan1")],
                                     stations=2)
        net.bridge_together()
        net.security("wpa2")
        net.client("sta1", "udhcpc")
        net.wait_addresses("sta1")
        net.bridge_alone()
        judge = Judge(net)
        self.baseline = [judge.roam(self.other()) for _ in range(4)]
        judge.streams.stop()
        net.separate()
        net.start()
        net.wait_peers()
        net.wait_igp()
        net.clients["sta1"].kick()
        self.judge = Judge(net)
        self.security = "wpa2"

    def other(self):
        return "ap2" if self.net.air.at["sta1"] == "ap1" else "ap1"

    def use(self, security, **kw):
        """All back to a known state: this security, sta1 at ap1."""
        if self.security != security or kw:
            self.net.security(security, **kw)
        self.security = None if kw else security
        if self.net.air.wait_connected("sta1") != "ap1":
            self.net.air.move("sta1", "ap1")
        self.judge.flows()
        return self.net, self.judge


@pytest.fixture(scope="session")
def site():
    for lab in opened("s"):
        yield Site(lab)
