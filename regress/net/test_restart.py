# SPDX-License-Identifier: ISC
"""A router with 20 stations is restarted, killed and upgraded while 200
packets a second of each family go to them and as many come from them: none is
lost, and nothing of ours in the kernel goes, even for a moment."""

import time

import pytest

from lab.fixtures import LONG, opened
from lab.restarts import (gateways, kill_engine, kill_frontend, kill_parent,
                          network, reload, stay_away, stop, upgrade,
                          wait_over)

# How others reach the stations, and how the router learns of them.
WAYS = {
    "direct": {"direct": True, "stations": "bridge"},
    "routing-daemon": {"direct": False, "stations": "bridge"},
    "packets": {"direct": True, "stations": "packets"},
}


def name(event):
    return event.__name__


def long(param):
    return pytest.param(param, marks=LONG)


@pytest.fixture(scope="module")
def net(request):
    for lab in opened("m"):
        yield network(lab, **WAYS[request.param])


def of_ours(line):
    """Whether `ip monitor` shows that something of ours has gone."""
    return line.startswith("Deleted") and any(word in line for word in (
        "proto 44", "proto 45", "lookup 44", "192.168.44.1/", "fe80::44/"))


def lose_nothing(net, event):
    lab = net.lab
    monitor = lab.spawn(f"monitor-{event.__name__}", [
        "ip", "monitor", "route", "rule", "address", "nexthop"], ns="r1")
    begin = time.monotonic_ns()
    try:
        event(net)
        wait_over(net)
        outcome = net.traffic.outcome(begin)
    finally:
        monitor.stop()
    assert outcome.sent > 1000 and outcome.lost == 0, str(outcome)
    assert not [s for s in monitor.text().splitlines() if of_ours(s)]
    for router in ("r1", "r2", "core"):
        where = {s["mac"]: s for s in net.daemons[router].show("stations")}
        for s in net.stations:
            assert where[net.mac(s)]["here"] == (router == "r1")
    assert gateways(net) == len(net.stations)


@pytest.mark.parametrize("event", [stop, kill_parent, long(stay_away)],
                         ids=name)
@pytest.mark.parametrize("net", ["direct", long("routing-daemon")],
                         indirect=True, scope="module")
def test_no_packet_is_lost(net, event):
    lose_nothing(net, event)


@pytest.mark.parametrize("event", [kill_engine, long(kill_frontend),
                                   upgrade, long(reload)], ids=name)
@pytest.mark.parametrize("net", ["direct"], indirect=True, scope="module")
def test_nor_by_any_other_event(net, event):
    lose_nothing(net, event)


@pytest.mark.parametrize("net", ["packets"], indirect=True, scope="module")
def test_stations_that_are_silent_are_asked(net):
    """Where stations are detected by their packets only."""
    lose_nothing(net, stop)
