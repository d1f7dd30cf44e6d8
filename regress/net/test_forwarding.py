# SPDX-License-Identifier: ISC
"""Roams under traffic: with and without direct routes, over three routing
daemons, with one gateway MAC or several."""

import time

import pytest

from lab import Network
from lab.fixtures import LONG
from lab.probe import Streams
from lab.topology import SERVER4, SERVER6

# igp, direct routes, shared gateway MAC, outage in ms allowed beyond the time
# without a link (None: the routing daemon's business), how
CASES = [
    ("babeld", True, True, 100),
    ("bird-ibgp", False, True, None),
]
MORE_CASES = [
    ("babeld", True, False, 150),
    ("bird", True, True, 100),
    ("bird", False, True, None),
    ("frr", True, True, 100),
    ("frr", False, True, None),
]
GAP = 0.02


@pytest.fixture(params=CASES + [pytest.param(case, marks=LONG)
                                for case in MORE_CASES], ids=lambda c: "-".join([
    c[0], "direct" if c[1] else "local", "one-mac" if c[2] else "macs"]))
def case(request, lab):
    igp, direct, shared, limit = request.param
    net = Network(lab, routers=3, stations=1, igp=igp, shared_mac=shared)
    net.up(direct=direct)
    addrs = net.join("sta1", "r1")
    for dst in (SERVER4, SERVER6):
        lab.ping("sta1", dst, 30)
    for addr in addrs:
        lab.ping("server", addr, 30)
    streams = Streams(lab, "server", (SERVER4, SERVER6), {"sta1": addrs})
    return net, streams, addrs, limit


def test_roams_keep_addresses_and_connections(case):
    net, streams, addrs, limit = case
    begin = time.time_ns()
    assert streams.wait_flowing("sta1", begin, 15)
    for router, how in (("r2", "associate"), ("r1", "associate"),
                        ("r3", "replug"), ("r2", "associate")):
        move = net.air.move("sta1", router, how, GAP)
        flows = streams.wait_flowing("sta1", move.on, 20)
        assert flows, f"no traffic 20 s after the roam to {router}"
        time.sleep(0.3)         # what breaks again is measured, too
        for key in streams.keys():
            o = streams.outage("sta1", *key, move.off,
                               time.time_ns() - 50 * 10**6)
            assert limit is None or o.ms <= move.gap_ms + limit, (router, key)
        assert net.addresses("sta1") == addrs
    tcp = streams.finish_tcp()
    for alive, sent, checked in tcp.values():
        assert alive and sent == checked > 0


def test_direct_routes_win_over_those_of_the_routing_daemon(lab):
    net = Network(lab, routers=2, stations=1).up()
    v4, v6 = net.join("sta1", "r1")
    for addr in (v4, v6):
        # babeld has brought the host route to core's main table ...
        lab.wait(lambda a=addr: "proto babel" in lab.run(
            "ip", "-6" if ":" in a else "-4", "route", "show", "table",
            "main", "match", a, ns="core"), f"babeld's route to {addr}", 20)
    net.air.move("sta1", "r2")
    for addr in (v4, v6):
        # ... and ours still says where the station is.
        lab.wait(lambda a=addr: " dev r2 " in lab.run(
            "ip", "route", "get", a, ns="core"), f"route to {addr} over r2",
            2)


def ring(lab):
    """core, r1 and r2, each with a link to both others."""
    net = Network(lab, routers=2, stations=1)
    lab.veth("r1", "side", "r2", "side")
    for n, ns in ((1, "r1"), (2, "r2")):
        lab.batch(ns, f"link set side up\naddr add 10.2.0.{n}/30 dev side")
        net.start_igp(ns, ["side"])
    return net


def test_babeld_killed_and_started_again_keeps_no_old_way(lab):
    net = ring(lab)
    net.wait_igp()

    def way(addr):
        return lab.run("ip", "route", "get", addr, ns="r1", check=False)
    for addr in net.addrs["core"]:
        lab.wait(lambda a=addr: " dev core " in way(a), f"{addr} straight", 20,
                 0.1)
    net.igps["r1"].kill()
    lab.deaf("r1", "core")
    net.start_igp("r1", ["side"])
    for addr in net.addrs["core"]:
        lab.wait(lambda a=addr: " dev side " in way(a),
                 f"{addr} the long way round", 20, 0.1)


def test_a_new_path_to_a_router_moves_its_stations(lab):
    net = ring(lab)
    net.up()
    addrs = net.join("sta1", "r1")
    for addr in addrs:
        lab.wait(lambda a=addr: " dev r1 " in lab.run(
            "ip", "route", "get", a, ns="core"), f"{addr} straight", 5)
    lab.ip("core", "link", "set", "r1", "down")
    for addr in addrs:
        lab.wait(lambda a=addr: " dev r2 " in lab.run(
            "ip", "route", "get", a, ns="core", check=False),
            f"{addr} the long way round", 40)
        lab.ping("server", addr, 30)
