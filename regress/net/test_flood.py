# SPDX-License-Identifier: ISC
"""Eight real daemons over bad networks: whatever happens to links and
processes while claims are made, in the end all hold the same table."""

import os
import signal
import time

import pytest

from lab.fixtures import LONG
from lab.leasers import Crowd
from lab.floodnet import FloodNet, Traffic


@pytest.fixture(scope="module", params=[
    pytest.param("chain", marks=LONG), "ring",
    pytest.param("star", marks=LONG)])
def net(request, module_lab):
    net = FloodNet(module_lab, request.param, 8, tag=request.param[0])
    # A slow edge: 150 ms for every step of a conversation.
    net.delay(len(net.edges) // 2, 0.15)
    net.shape = request.param
    net.start()
    net.wait_up()
    yield net
    for d in net.daemons():
        d.stop()
    for p in net.proxies.values():
        p.close()


@pytest.fixture
def traffic(net):
    """Claims at both ends."""
    traffic = Traffic(net.lab, [(net.names[1], "127.0.0.1"),
                                (net.names[-1], "127.0.0.1")])
    net.lab.wait(lambda: traffic.claims > 60, "claims", 10)
    yield traffic
    traffic.stop()
    traffic.close()


def distances(net, start):
    """By name, over how many edges."""
    found, todo = {start: 0}, [start]
    for at in todo:
        for edge in net.edges:
            if at in edge and (other := sum(edge) - at) not in found:
                found[other] = found[at] + 1
                todo.append(other)
    return {net.names[i]: n for i, n in found.items()}


def test_all_know_how_many_hops_it_is_to_each(net):
    """Where there are two ways the faster one may be the longer."""
    names = {r["router_id"]: d.conf.name for d in net.daemons()
             for r in d.show("routers") if r["self"]}
    for d in net.daemons():
        near = distances(net, net.names.index(d.conf.name))
        for r in d.show("routers"):
            if r["self"] or r["router_id"] not in names:
                continue
            want = near[names[r["router_id"]]]
            if net.shape == "ring":
                assert want <= r["hops"] < 8
            else:
                assert r["hops"] == want


def settle(net, traffic):
    """Quiet again: every station is where it was claimed last."""
    traffic.stop()
    net.wait_up(25)
    macs = set(traffic.last)
    view = net.wait_equal(25, lambda v: macs <= {m for m, _r in v[1]})
    return view


def test_all_hear_of_all_routers_and_say_over_whom(net):
    for d in net.daemons():
        routers = net.lab.wait(
            lambda d=d: (lambda r: r if len([x for x in r if x["version"]])
                         == 8 else None)(d.show("routers")),
            f"{d.conf.name}: 8 routers", 10)
        for r in routers:
            if r["version"] and not r["self"]:
                assert r["via_id"] and not r["silent"]
                assert r["heard_seconds"] < 240
        peers = {p["router_id"] for p in d.show("peers")
                 if p["state"] == "up"}
        assert {r["router_id"] for r in routers if r["peer"]} == peers - {None}
        assert d.show("status")["warning"] is None


def test_what_is_claimed_at_one_end_is_known_at_the_other(net, traffic):
    view = settle(net, traffic)
    where = dict(view[1])
    assert len(view[0]) >= traffic.stations
    # Every claim but those that crossed: the two ends take turns.
    assert all(where[m] in {i.hex(":") for i in traffic.ids}
               for m in traffic.last)


def test_links_that_are_cut_and_healed(net, traffic):
    first, last = 0, len(net.edges) - 1
    for k in (first, last):
        net.cut(k)
        time.sleep(0.3)
        net.heal(k)
    if net.shape == "chain":
        # Long enough for both ends to know.
        net.cut(first)
        a = net.nodes[net.names[0]]
        net.lab.wait(lambda: net.sessions(a) == 0, "the session ends", 20)
        net.heal(first)
    settle(net, traffic)


def test_packets_that_vanish_are_noticed_and_made_good(net, traffic):
    if net.shape != "ring":
        return                  # it takes its time
    k = 1
    b = net.nodes[net.names[net.edges[k][1]]]
    up = net.sessions(b)
    begin = time.monotonic()
    net.drop(k, True)
    net.lab.wait(lambda: net.sessions(b) < up, "the peer is known as dead",
                 16, 0.1)
    assert time.monotonic() - begin < 14
    net.drop(k, False)
    settle(net, traffic)


def test_kill_9_and_restart_under_traffic(net, traffic):
    for i in (0, 3, 6):
        d = net.nodes[net.names[i]]
        os.kill(d.processes()["engine" if i else "parent"], signal.SIGKILL)
        d.proc.popen.wait(10)
        d.start()
    settle(net, traffic)


def test_partitions_that_leased_apart_share_no_address_after_the_merge(lab):
    """An address is leased to 100 stations on each side: more than half of the
    pool, so many of them to two."""
    net = FloodNet(lab, "chain", 4, tag="m")
    net.serve(0)
    net.serve(3)
    net.start()
    net.wait_up()
    net.cut(1)
    crowds = [Crowd(lab, net.names[i] + "s", "eth0", i, 100) for i in (0, 3)]
    # Both sides must know that they are alone, or they are not partitions.
    lab.wait(lambda: net.sessions(net.nodes["m2"]) == 1
             and net.sessions(net.nodes["m3"]) == 1, "two parts", 20)
    for crowd in crowds:
        assert crowd.lease() == 100
    before = [crowd.table() for crowd in crowds]
    twice = set(before[0].values()) & set(before[1].values())
    assert len(twice) > 10, "a test of nothing"
    net.heal(1)
    net.wait_up()
    net.wait_equal(20)
    for crowd in crowds:
        assert crowd.renew() == 100
    # Those that were refused found another; once more, all keep theirs.
    view = net.wait_equal(20)
    assert sum(crowd.naks for crowd in crowds) >= len(twice)
    after = {}
    for crowd in crowds:
        for mac, addr in crowd.table().items():
            assert addr not in after, (addr, mac, after[addr])
            after[addr] = mac
    assert {(a, m) for a, m in view[0]} >= set(after.items())
    # Each address is routed at one router only, that of its station.
    local = [{r["prefix"] for r in net.nodes[n].show("routes")
              if r["kind"] == "local"} for n in ("m1", "m4")]
    assert not local[0] & local[1]
    for crowd, routes in zip(crowds, local):
        assert {a + "/32" for a in crowd.table().values()} <= routes
