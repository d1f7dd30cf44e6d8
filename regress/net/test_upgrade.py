# SPDX-License-Identifier: ISC
"""Routers of the commit that froze the protocol (regress/lab/former) become
such of this tree, one after the other, under traffic."""

import os
import subprocess
import time

import pytest

from lab import Network
from lab.daemon import ROOT, SROAMCTL, SROAMD, Sroamd
from lab.fixtures import LONG
from lab.topology import SERVER4, SERVER6
from lab.traffic import Traffic

FORMER = subprocess.run(
    [os.path.join(ROOT, "regress/lab/former"), "-n"], text=True,
    capture_output=True, check=False)
pytestmark = pytest.mark.skipif(
    FORMER.returncode != 0, reason=FORMER.stdout.strip() or
    "regress/lab/former has built none")

ROUTERS = ["core", "r1", "r2", "r3"]


def make_former(daemon):
    tree = os.path.join(FORMER.stdout.strip(), "build")
    daemon.program = os.path.join(tree, "sroamd/sroamd")
    daemon.sroamctl = os.path.join(tree, "sroamctl/sroamctl")
    return daemon


def start_ours(daemon):
    daemon.program, daemon.sroamctl = SROAMD, SROAMCTL
    return daemon.start()


def start_all(net):
    for ns in ROUTERS:
        net.daemons[ns] = make_former(Sroamd(net.lab, net.conf(ns)))
        net.daemons[ns].start(wait=False)
    for ns in ROUTERS:
        net.daemons[ns].wait_up()


@pytest.fixture(name="net")
def of_the_former(lab):
    net = Network(lab, routers=3, stations=8)
    net.wait_igp()
    start_all(net)
    net.wait_peers()
    for i, s in enumerate(net.stations[:6]):
        net.air.move(s, f"r{i % 3 + 1}")
        net.client(s, "udhcpc")
    net.there = {s: net.wait_addresses(s) for s in net.stations[:6]}
    net.traffic = Traffic(lab, net.there, {
        "server": (SERVER4, SERVER6), **net.addrs})
    net.traffic.wait_flowing()
    return net


def leases(daemon):
    return {lease["prefix"]: lease["mac"] for lease in daemon.show("leases")}


def routers(daemon):
    """Ids of those that can be reached."""
    return {r["router_id"] for r in daemon.show("routers")
            if not r.get("silent")}


def settled(net, ns):
    """Its start is over, and what is not confirmed by then given up."""
    daemon = net.daemons[ns]
    net.lab.wait(lambda: daemon.show("status")["settled"] and
                 daemon.peers_up(1), ns + ": the start is over", 30)
    time.sleep(3)


def all_is_right(net, known, ids):
    """Every router knows every lease, router and station's place."""
    for ns in ROUTERS:
        daemon = net.daemons[ns]
        assert leases(daemon) == known, ns
        assert routers(daemon) == ids, ns
        assert all(r["alike"] == "yes" for r in daemon.show("routers")), ns
        for s in net.clients:
            assert daemon.has_station_here(net.mac(s)) == (
                net.air.at[s] == ns), (s, ns)


def roams(net, sta, router):
    """Every router has it there, and the server reaches it."""
    old = net.air.at[sta]
    net.air.move(sta, router)
    net.lab.wait(lambda: net.daemons[router].has_station_here(net.mac(sta))
                 and not net.daemons[old].has_station_here(net.mac(sta)),
                 f"{sta} is at {router}", 5)
    for addr in net.addresses(sta):
        net.lab.ping("server", addr)
    assert net.addresses(sta) == net.there[sta]


@pytest.mark.parametrize("order", [
    ["r2", "core"], pytest.param(["r2", "core", "r1", "r3"], marks=LONG),
    pytest.param(["core", "r3", "r2", "r1"], marks=LONG)], ids="-".join)
def test_one_router_after_the_other(net, order):
    """A restart's own figure is 0: nothing is lost, at any step.  While there are
    both, stations roam between them, and new ones join at both."""
    for ns in order:
        known, ids = leases(net.daemons[ns]), routers(net.daemons[ns])
        assert len(known) == 2 * len(net.clients) and len(ids) == 4
        begin = time.monotonic_ns()
        assert net.daemons[ns].stop() == 0
        start_ours(net.daemons[ns])
        settled(net, ns)
        outcome = net.traffic.outcome(begin)
        assert outcome.sent > 1000 and outcome.lost == 0, f"{ns}: {outcome}"
        all_is_right(net, known, ids)
        if ns == order[1]:      # half of them
            for router in ("r2", "r3", "r1"):
                roams(net, "sta1", router)
            for sta, router in ("sta7", "r1"), ("sta8", "r2"):
                net.there[sta] = net.join(sta, router)
            net.lab.wait(lambda: all(len(leases(d)) == 16 for d in
                                     net.daemons.values()), "new leases", 5)
            roams(net, "sta7", "r2")
            roams(net, "sta8", "r1")
            time.sleep(1)


def alone(lab):
    """A router without peers, with a station's leases, that has ended; and
    nothing in the kernel tells of them, nor does the station."""
    net = Network(lab, routers=1, stations=1, igp=None)
    net.daemons["r1"] = make_former(Sroamd(lab, net.conf("r1", peers=[])))
    net.daemons["r1"].start()
    net.join("sta1", "r1")
    daemon = net.daemons["r1"]
    lab.wait(lambda: len(leases(daemon)) == 2, "its leases", 5)
    known = leases(daemon)
    time.sleep(1)               # they are written
    net.air.move("sta1", None)
    assert daemon.stop() == 0
    daemon.remove()
    return daemon, known


def test_its_state_is_read(lab):
    """There is nobody else to have the leases from."""
    daemon, known = alone(lab)
    with open(os.path.join(daemon.conf.state, "identity"), "rb") as f:
        identity = f.read()
    start_ours(daemon)
    assert leases(daemon) == known
    assert "kept as" not in daemon.log()
    with open(os.path.join(daemon.conf.state, "identity"), "rb") as f:
        assert f.read() == identity


HEAD = b"sroamtbl\0"            # and the version: engine/store/record.h


def set_version(path, old, new):
    with open(path, "r+b") as f:
        octets = f.read()
        assert HEAD + bytes([old]) in octets
        f.seek(0)
        f.write(octets.replace(HEAD + bytes([old]), HEAD + bytes([new])))


def test_a_newer_state_is_refused_and_kept(lab):
    """And what the line in the log says to do is right."""
    daemon, known = alone(lab)
    table = os.path.join(daemon.conf.state, "engine/table")
    set_version(table, 2, 3)
    start_ours(daemon)
    assert not leases(daemon)
    said = [line for line in daemon.log().splitlines()
            if "newer version" in line]
    assert len(said) == 1 and said[0].endswith(
        f"state {table}: was written by a newer version; rename table.newer "
        "to table before that is started again: kept as table.newer, "
        "starting without"), daemon.log()
    # The newer version comes back, with its state.
    assert daemon.stop() == 0
    os.replace(table + ".newer", table)
    set_version(table, 3, 2)
    daemon.start()
    assert leases(daemon) == known
