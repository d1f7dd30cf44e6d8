# SPDX-License-Identifier: ISC
"""kill -9 of each process under traffic: forwarding goes on, nothing stays
behind, the next start adopts what is right."""

import os
import signal
import time

import pytest

from lab import LabError, Network
from lab.probe import Streams
from lab.topology import SERVER4, SERVER6


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=1).up()
    net.addrs_sta = net.join("sta1", "r1")
    for dst in (SERVER4, SERVER6):
        module_lab.ping("sta1", dst, 30)
    for addr in net.addrs_sta:
        module_lab.ping("server", addr, 30)
    net.streams = Streams(module_lab, "server", (SERVER4, SERVER6),
                          {"sta1": net.addrs_sta})
    assert net.streams.wait_flowing("sta1", time.time_ns(), 15)
    return net


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("role", ["engine", "frontend", "signer", "parent"])
def test_forwarding_goes_on_and_the_next_start_adopts(net, role):
    daemon, lab = net.daemons["r1"], net.lab
    pids = daemon.processes()
    assert sorted(pids) == ["engine", "frontend", "parent", "signer"]
    begin = time.time_ns()
    os.kill(pids[role], signal.SIGKILL)
    status = daemon.proc.popen.wait(10)
    assert status != 0
    lab.wait(lambda: all(gone(p) for p in pids.values()), "processes end", 5)
    if role != "parent":
        assert role in daemon.log().splitlines()[-1] or any(
            role in line for line in daemon.log().splitlines()[-5:])
    routes = lab.run("ip", "-4", "route", "show", "proto", "44", ns="r1")
    assert net.addrs_sta[0] in routes
    assert net.streams.wait_flowing("sta1", time.time_ns(), 2)
    daemon.start()
    lab.wait(lambda: daemon.has_station_here(net.mac("sta1")),
             "the station is known again", 15)
    lab.wait(lambda: daemon.peers_up(1), "session", 15)
    assert net.streams.wait_flowing("sta1", time.time_ns(), 5)
    for key in net.streams.keys():
        o = net.streams.outage("sta1", *key, begin,
                               time.time_ns() - 50 * 10**6)
        assert o.ms <= 50, key
    assert net.addresses("sta1") == net.addrs_sta
    assert all(alive for alive, _s, _c in net.streams.tcp().values())


@pytest.mark.parametrize("role", ["engine", "frontend", "signer"])
def test_one_that_hangs_is_found_and_started_again(net, role):
    """Within 7 s a station is served again, by a service manager that starts
    what has ended; meanwhile packets are forwarded."""
    daemon, lab, client = net.daemons["r1"], net.lab, net.clients["sta1"]
    lab.wait(lambda: daemon.show("status")["settled"], "the start is over", 20)
    leases = sorted(r["prefix"] for r in daemon.show("leases"))
    said = client.proc.text().count("\nrenew ")
    pids = daemon.processes()
    begin = time.time_ns()
    os.kill(pids[role], signal.SIGSTOP)
    assert daemon.proc.popen.wait(15) == 1
    assert f"{role}: hangs: no answer for 5 s" in daemon.log()
    lab.wait(lambda: all(gone(p) for p in pids.values()), "processes end", 5)
    daemon.start()

    def renewed():
        if client.proc.text().count("\nrenew ") == said:
            client.kick()       # or it waits for seconds before it asks again
        return client.proc.text().count("\nrenew ") > said
    lab.wait(renewed, "renewal", 15, 0.25)
    served = time.time_ns()
    assert served - begin < 7 * 10**9
    print(f"{role}: served again after {(served - begin) / 1e9:.1f} s")
    assert sorted(r["prefix"] for r in daemon.show("leases")) == leases
    lab.wait(lambda: daemon.peers_up(1), "session", 15)
    for key in net.streams.keys():
        o = net.streams.outage("sta1", *key, begin, served)
        assert o.ms <= 50, key
    assert net.addresses("sta1") == net.addrs_sta


def test_a_restart_keeps_router_id_and_the_address_of_a_renewal(net):
    before = net.daemons["r1"].show("status")["router_id"]
    net.daemons["r1"].stop()
    net.daemons["r1"].start()
    assert net.daemons["r1"].show("status")["router_id"] == before
    client = net.clients["sta1"]
    said = client.proc.text().count("\nrenew ")
    client.kick()
    net.lab.wait(lambda: client.proc.text().count("\nrenew ") > said,
                 "renewal", 15)
    assert net.addresses("sta1") == net.addrs_sta


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_after_a_roam_while_the_daemon_was_dead_it_serves_again(net, how):
    """Killed at r1, or stopped, the station walks to r2 and back: r1 must not
    keep what is no longer so, nor lose what is."""
    daemon = net.daemons["r1"]
    if how == "stopped":
        assert daemon.stop() == 0
    else:
        os.kill(daemon.processes()["parent"], signal.SIGKILL)
        daemon.proc.popen.wait(10)
    assert net.addrs_sta[0] in net.lab.run(
        "ip", "-4", "route", "show", "table", "main", "proto", "44", ns="r1")
    net.air.move("sta1", "r2")
    net.lab.wait(lambda: net.daemons["r2"].has_station_here(net.mac("sta1")),
                 "at r2")
    daemon.start()
    net.lab.wait(lambda: net.addrs_sta[0] not in net.lab.run(
        "ip", "-4", "route", "show", "table", "main", "proto", "44", ns="r1"),
        "r1 drops its stale route", 15)
    assert net.streams.wait_flowing("sta1", time.time_ns(), 15)
    net.air.move("sta1", "r1")
    assert net.streams.wait_flowing("sta1", time.time_ns(), 10)
    assert net.addresses("sta1") == net.addrs_sta


def learned(net, router, station):
    """Whether the router's bridge has the station at a port."""
    return net.mac(station) in net.lab.run("bridge", "fdb", "show", "br",
                                           "roam0", ns=router)


def visit_while_down(net, how):
    """The daemon of r1 ends, and sta1 comes there from r2."""
    daemon, lab = net.daemons["r1"], net.lab
    net.air.move("sta1", "r2")
    for ns, here in (("r2", True), ("r1", False)):
        lab.wait(lambda ns=ns, here=here: net.daemons[ns].has_station_here(
            net.mac("sta1")) == here, f"at {ns}: {here}")
    if how == "stopped":
        assert daemon.stop() == 0
    else:
        os.kill(daemon.processes()["engine"], signal.SIGKILL)
        daemon.proc.popen.wait(10)
    net.air.move("sta1", "r1")
    lab.wait(lambda: learned(net, "r1", "sta1"), "the bridge learns it", 5)


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_visit_while_the_daemon_was_down_hides_no_return(net, how):
    """The station went on before the daemon started; to a bridge that still
    has it at its port its return would be no news."""
    daemon, lab = net.daemons["r1"], net.lab
    visit_while_down(net, how)
    net.air.move("sta1", "r2")
    daemon.start()
    lab.wait(lambda: daemon.show("status")["settled"], "the start is over", 20)
    lab.wait(lambda: not learned(net, "r1", "sta1"), "the bridge forgets", 5)
    assert not daemon.has_station_here(net.mac("sta1"))
    net.air.move("sta1", "r1")
    lab.wait(lambda: daemon.has_station_here(net.mac("sta1")), "seen", 5)
    assert net.streams.wait_flowing("sta1", time.time_ns(), 10)
    assert net.addresses("sta1") == net.addrs_sta


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_one_that_came_while_the_daemon_was_down_is_found(net, how):
    daemon, lab = net.daemons["r1"], net.lab
    visit_while_down(net, how)
    daemon.start()
    lab.wait(lambda: daemon.show("status")["settled"], "the start is over", 20)
    lab.wait(lambda: daemon.has_station_here(net.mac("sta1")), "seen", 5)
    assert net.streams.wait_flowing("sta1", time.time_ns(), 10)
    assert net.addresses("sta1") == net.addrs_sta


def assert_nothing_left(net, ns):
    lab = net.lab
    for family in ("-4", "-6"):
        for proto in ("44", "45"):
            assert not lab.run("ip", family, "route", "show", "table", "all",
                               "proto", proto, ns=ns).strip()
        assert "lookup 44" not in lab.run("ip", family, "rule", ns=ns)
        assert not lab.run("ip", family, "neigh", "show", "proto", "44",
                           ns=ns).strip()
    assert "192.168.44.1/" not in lab.run("ip", "addr", ns=ns)
    assert "fe80::44/" not in lab.run("ip", "addr", ns=ns)
    assert "02:00:00:00:01:0" + ns[1] in lab.run("ip", "link", "show",
                                                 "roam0", ns=ns)
    assert not lab.run("ip", "nexthop", ns=ns).strip()
    assert not os.path.exists(net.daemons[ns].socket)


def killed(net, ns):
    daemon = net.daemons[ns]
    pids = daemon.processes()
    os.kill(pids["parent"], signal.SIGKILL)
    daemon.proc.popen.wait(10)
    net.lab.wait(lambda: all(gone(p) for p in pids.values()), "the end", 5)
    assert daemon.remove() == ""


def stopped(net, ns):
    assert net.daemons[ns].stop() == 0
    assert "192.168.44.1/" in net.lab.run("ip", "addr", ns=ns)
    assert net.daemons[ns].remove() == ""


def stopped_early(net, ns):
    """Before it has taken over what the run before has left."""
    assert net.daemons[ns].stop() == 0
    net.daemons[ns].start()
    stopped(net, ns)


def told_to_remove(net, ns):
    net.daemons[ns].conf.extra.append("routes remove")
    net.daemons[ns].reload()
    assert net.daemons[ns].stop() == 0
    net.daemons[ns].conf.extra.remove("routes remove")


@pytest.mark.parametrize("how", [killed, stopped, stopped_early,
                                 told_to_remove], ids=lambda f: f.__name__)
def test_out_of_service_nothing_is_left(net, how):
    """Where the station is, and where another has it, after as many runs as
    there have been."""
    for ns in net.routers:
        how(net, ns)
        assert_nothing_left(net, ns)
        assert net.daemons[ns].remove() == ""       # and again
        net.daemons[ns].start()
    net.wait_peers()
    for ns in net.routers:
        net.lab.wait(lambda ns=ns: net.daemons[ns].show("status")["settled"],
                     "the start is over", 20)
    assert net.streams.wait_flowing("sta1", time.time_ns(), 20)


def test_of_a_daemon_that_runs_nothing_is_removed(net):
    daemon = net.daemons["r1"]
    with pytest.raises(LabError, match="another sroamd, process"):
        daemon.remove()
    assert "192.168.44.1/" in net.lab.run("ip", "addr", ns="r1")
    assert daemon.show("status")["settled"]


def test_what_a_restart_does_not_configure_any_more_goes(net):
    """Prefixes, the table, the address, the MAC address: of each the former
    one does not stay behind, and the next restart has all again."""
    daemon, lab = net.daemons["r1"], net.lab
    conf, was = daemon.conf, dict(vars(daemon.conf))
    assert lab.run("ip", "route", "show", "proto", "44", ns="r1").strip()
    assert daemon.stop() == 0
    conf.prefixes = ["192.168.45.0/24", "2001:db8:45::/48"]
    conf.gateways = ["192.168.45.1/32", "fe80::45/64"]
    conf.lladdr, conf.extra = None, ["table 45"]
    daemon.start()
    lab.wait(lambda: daemon.show("status")["settled"], "the start", 20)
    try:
        for family, old in (("-4", "192.168.44."), ("-6", "2001:db8:44:")):
            # What babeld holds as unreachable for a while is its own.
            lab.wait(lambda f=family, o=old: o not in "".join(lab.run(
                "ip", f, "route", "show", "table", "all", "proto", proto,
                ns="r1") for proto in ("44", "45")), "routes go", 5)
            assert not lab.run("ip", family, "route", "show", "table", "44",
                               ns="r1", check=False).strip()
            assert "lookup 44" not in lab.run("ip", family, "rule", ns="r1")
        addrs = lab.run("ip", "addr", "show", "dev", "roam0", ns="r1")
        assert "192.168.45.1/32" in addrs and "fe80::45/64" in addrs
        assert "192.168.44.1/" not in addrs and "fe80::44/" not in addrs
        assert "02:00:00:00:01:01" in addrs
    finally:
        vars(conf).update(was)
        assert daemon.stop() == 0
        daemon.start()
    assert net.streams.wait_flowing("sta1", time.time_ns(), 40)
    assert "192.168.45.1" not in lab.run("ip", "addr", ns="r1")
