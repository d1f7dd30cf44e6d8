# SPDX-License-Identifier: ISC
"""A reload changes what it says and nothing else; a failed one, nothing."""

import os
import time

import pytest

from lab import Network
from lab.daemon import SROAMD
from lab.topology import SERVER4


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=1).up()
    net.addrs_sta = net.join("sta1", "r1")
    return net


def sessions(daemon):
    return [p for p in daemon.show("peers") if p.get("state") == "up"]


def test_a_failed_reload_changes_nothing_and_says_why(net):
    d = net.daemons["r1"]
    peers = sessions(d)
    d.conf.extra = ["lease time nonsense"]
    d.write_conf()
    done = d.ctl_raw("reload")
    assert done.returncode == 1
    assert len((done.stdout + done.stderr).strip().splitlines()) == 1
    d.conf.extra = []
    d.write_conf()
    assert len(sessions(d)) == len(peers) == 1
    assert d.has_station_here(net.mac("sta1"))
    assert d.try_ctl("show", "status") is not None


def test_the_reason_of_a_failed_reload_is_no_warning(net):
    d = net.daemons["r1"]
    d.conf.extra = ["nameserver 192.168.44.53", "listen on * no tls"]
    d.write_conf()
    done = d.ctl_raw("reload")
    d.conf.extra = []
    d.write_conf()
    assert done.returncode == 1
    assert ": warning: nameserver 192.168.44.53" in d.log()
    said = done.stdout + done.stderr
    assert "given twice" in said and "warning" not in said


def test_peers_are_added_and_removed_and_the_rest_stays(net):
    d = net.daemons["r1"]
    since = sessions(d)[0]["since_seconds"]
    begin = time.monotonic()
    d.conf.peers.append(net.addrs["r2"][0])
    d.reload()
    net.lab.wait(lambda: len(sessions(d)) == 2, "the second session", 10)
    d.conf.peers.pop()
    d.reload()
    net.lab.wait(lambda: len(sessions(d)) == 1, "one session again", 10)
    age = since + int(time.monotonic() - begin)
    assert sessions(d)[0]["since_seconds"] >= age - 1
    assert d.has_station_here(net.mac("sta1"))
    net.lab.ping("sta1", SERVER4)


def test_sighup_reloads(net):
    d = net.daemons["r1"]
    d.conf.peers.append(net.addrs["r2"][0])
    d.write_conf()
    import signal
    d.proc.send(signal.SIGHUP)
    net.lab.wait(lambda: len(sessions(d)) == 2, "the second session", 10)
    d.conf.peers.pop()
    d.reload()


def test_direct_routes_go_and_come(net):
    d = net.daemons["core"]

    def direct():
        return net.lab.run("ip", "route", "show", "table", "all", "proto",
                           "45", ns="core").strip()
    net.lab.wait(direct, "direct route", 5)
    d.conf.direct = False
    d.reload()
    net.lab.wait(lambda: not direct(), "no direct route", 5)
    d.conf.direct = True
    d.reload()
    net.lab.wait(direct, "direct route again", 5)


def test_an_interface_removed_and_added(net):
    d = net.daemons["r2"]
    d.conf.iface = None
    d.reload()
    net.lab.wait(lambda: "192.168.44.1" not in net.lab.run(
        "ip", "addr", ns="r2"), "address taken back", 5)
    d.conf.iface = "roam0"
    d.reload()
    net.lab.wait(lambda: "192.168.44.1" in net.lab.run(
        "ip", "addr", ns="r2"), "address set again", 5)
    net.air.move("sta1", "r2")
    net.lab.wait(lambda: d.has_station_here(net.mac("sta1")), "sta1 at r2", 5)
    net.lab.ping("sta1", SERVER4)
    assert net.addresses("sta1") == net.addrs_sta


def served(daemon):
    return [(i["name"], i["up"]) for i in daemon.show("interfaces")]


@pytest.mark.parametrize("text", ["", "# all of it is commented out\n",
                                  "prefix 192.168.44.0/24\n"],
                         ids=["empty", "comments", "truncated"])
def test_a_file_that_lost_its_text_changes_nothing(net, text):
    d = net.daemons["r1"]
    before = served(d), len(sessions(d))
    with open(d.path, "w", encoding="ascii") as f:
        f.write(text)
    checked = net.lab.run(SROAMD, "-n", "-f", d.path, ns="r1", check=False)
    assert "configuration OK" not in checked
    done = d.ctl_raw("reload")
    assert done.returncode != 0
    assert "nothing to do" in done.stdout + done.stderr
    assert (served(d), len(sessions(d))) == before
    d.reload()                              # with its text again


def test_a_file_below_a_folder_of_the_start_is_read_and_no_other(net):
    """The same with Landlock and without."""
    d = net.daemons["r1"]
    below, beside = net.lab.path("more"), os.path.realpath(
        net.lab.path("")) + ".beside"
    for folder in below, beside:
        os.mkdir(folder, 0o700)
        with open(os.path.join(folder, "metric"), "w",
                  encoding="ascii") as f:
            f.write("route metric 11\n")
    try:
        d.conf.extra = [f'include "{below}/metric"']
        d.reload()
        d.conf.extra = [f'include "{beside}/metric"']
        d.write_conf()
        done = d.ctl_raw("reload")
        assert done.returncode == 1
        assert "a change needs a restart" in done.stderr + done.stdout
        assert len(sessions(d)) == 1
        # And a restart reads it.
        checked = net.lab.run(SROAMD, "-n", "-f", d.path, ns="r1")
        assert "needs a restart" not in checked
    finally:
        os.unlink(os.path.join(beside, "metric"))
        os.rmdir(beside)
        d.conf.extra = []
        d.reload()
