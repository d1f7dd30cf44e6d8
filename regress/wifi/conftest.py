# SPDX-License-Identifier: ISC
"""Wi-Fi tests run in the virtual machine of lab/vm.py, a few networks for all."""

import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from lab.fixtures import (lab, leave_out_long, module_lab,      # noqa: E402
                          opened, pytest_configure,
                          pytest_runtest_makereport)
from lab.judge import Judge                                     # noqa: E402
from lab.wifi import SYS, WifiNetwork                           # noqa: E402

__all__ = ["lab", "module_lab", "pytest_configure",
           "pytest_runtest_makereport"]

SCREEN = []


def pytest_sessionstart(session):
    SCREEN.append(session.config.pluginmanager.get_plugin("terminalreporter"))


def pytest_collection_modifyitems(config, items):
    leave_out_long(config, items)
    if not os.path.isdir(SYS):
        for item in items:
            item.add_marker(pytest.mark.skip(
                reason="no radios here: make regress SUITES=wifi"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
    """Say it at once: a machine whose time is over reports nothing."""
    if report.failed:
        SCREEN[0].write_line("\n" + report.longreprtext)


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
