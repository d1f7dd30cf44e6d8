# SPDX-License-Identifier: ISC
"""Routers prove who they are: by data that they have signed; and those that
are not admitted are nobody."""

import subprocess
import time

import pytest

from lab import Network
from lab.daemon import SROAMD


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=1).up()
    net.join("sta1", "r1")
    return net


def others(daemon):
    return {r["router"]: r for r in daemon.show("routers") if not r["self"]}


def test_every_router_is_shown_with_the_key_that_it_says(net):
    for name, d in net.daemons.items():
        says = subprocess.run(
            [SROAMD, "-I", "-f", d.path], text=True, check=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
        mark = says.stdout.split()[-1]
        for other in net.daemons.values():
            net.lab.wait(lambda o=other: any(
                r["fingerprint"] == mark and r["router_id"] ==
                d.show("status")["router_id"] for r in o.show("routers")),
                f"{name} by its fingerprint", 10)
    for d in net.daemons.values():
        for r in d.show("routers"):
            assert (r["alike"], r["cloned"]) == ("yes", False)
        assert d.show("status")["routers_forged"] == 0


def test_who_is_configured_otherwise_is_named(net):
    r1, r2 = net.daemons["r1"], net.daemons["r2"]
    name = r2.conf.name
    r2.conf.extra = ["lease time 1801"]
    r2.reload()
    net.lab.wait(lambda: others(r1)[name]["alike"] == "no", "other", 10)
    net.lab.wait(lambda: f"{name}: other prefixes than ours" in r1.log(),
                 "a line", 5)
    r2.conf.extra = []
    r2.reload()
    net.lab.wait(lambda: others(r1)[name]["alike"] == "yes", "alike", 10)


def test_a_router_is_heard_at_once_after_a_restart(net):
    r1, r2 = net.daemons["r1"], net.daemons["r2"]
    time.sleep(6)
    r2.stop()
    r2.start()
    net.lab.wait(lambda: others(r1)[r2.conf.name]["heard_seconds"] < 5,
                 "heard of", 20)
    time.sleep(3)
    assert not others(r1)[r2.conf.name]["cloned"]
    assert not r2.show("status")["warning"]


def test_a_denied_router_goes_at_once(net):
    r1, r2 = net.daemons["r1"], net.daemons["r2"]
    name, rid = r2.conf.name, r2.show("status")["router_id"]
    assert name in others(r1)
    r1.conf.extra = [f"deny router {rid}"]
    r1.reload()
    assert name not in others(r1)
    assert r1.has_station_here(net.mac("sta1"))
    r1.conf.extra = []
    r1.reload()
    r2.stop()
    r2.start()
    net.lab.wait(lambda: name in others(r1), "admitted again", 20)
