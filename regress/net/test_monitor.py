# SPDX-License-Identifier: ISC
"""sroamctl monitor: how things are, then what happens, at a router that has no
stations itself."""

import json
import re
import signal
import socket

import pytest

from lab import Network, netns
from lab.daemon import SROAMCTL
from lab.v1 import HANDSHAKE, lease4

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "


class Monitor:
    def __init__(self, net, ns, *args):
        self.lab, self.proc = net.lab, net.lab.spawn(
            f"{ns}-monitor-{len(net.lab.processes)}",
            [SROAMCTL, "-s", net.daemons[ns].socket, *args], ns=ns)

    def events(self):
        return [json.loads(line) for line in
                self.proc.text().splitlines()]

    def wait(self, what, count=1, **keys):
        """Until there are so many such events; the last."""
        def found():
            got = [e for e in self.events() if e["event"] == what
                   and all(e.get(k) == v for k, v in keys.items())]
            return got[-1] if len(got) >= count else None
        return self.lab.wait(found, f"event {what} {keys}", 15, 0.05)


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=2).up()
    net.addrs_of = net.join("sta1", "r1")
    return net


def test_first_how_things_are_then_what_changes(net):
    mac, (v4, _) = net.mac("sta1"), net.addrs_of
    m = Monitor(net, "core", "-j", "monitor")
    m.wait("live")
    before = m.events()
    assert {e["event"] for e in before} == {"present", "live"}
    station = [e for e in before if e.get("about") == "station"]
    assert len(station) == 1 and station[0]["router"] == "r1"
    assert station[0]["mac"] == mac and v4 + "/32" in station[0]["addresses"]
    assert v4 + "/32" in [e["addresses"][0] for e in before
                          if e.get("about") == "lease"]
    assert {e["router"] for e in before if e.get("about") == "router"} == {
        "r1", "r2"}
    assert len([e for e in before if e.get("about") == "peer"]) == 2
    net.air.move("sta1", "r2")
    roam = m.wait("roam", mac=mac)
    assert (roam["from"], roam["router"]) == ("r1", "r2")
    assert roam["from_id"] != roam["router_id"] and roam["seq"] > 0
    assert re.fullmatch(STAMP.strip(), roam["time"])
    net.join("sta2", "r1")
    other = net.mac("sta2")
    m.wait("join", mac=other, router="r1")
    lease = m.wait("lease", count=2, mac=other)
    assert lease["about"] == "lease" and lease["network"] == "unnamed"
    net.daemons["r1"].ctl("clear", "lease", net.addresses("sta2")[0])
    m.wait("release", mac=other)
    net.air.move("sta2", None, "replug")
    net.daemons["r1"].ctl("disassociate", other)
    m.wait("leave", mac=other, **{"from": "r1"})
    net.daemons["core"].reload()
    m.wait("reload")
    net.daemons["r2"].stop()
    down = m.wait("peer-down", router="r2")
    assert net.addrs["r2"][0] in down["text"]
    numbers = [e["seq"] for e in m.events() if "seq" in e]
    assert numbers == sorted(set(numbers))
    assert not [e for e in m.events() if e["event"] in ("lost", "renew")]
    net.start("r2")
    m.wait("peer-up", router="r2")
    # It ends with the daemon, and says so.
    net.daemons["core"].stop()
    assert m.proc.popen.wait(10) == 1
    net.start("core")
    net.wait_peers()


def test_lines_for_people_and_only_what_is_asked(net):
    mac, daemon = net.mac("sta1"), net.daemons["r1"]
    net.lab.wait(lambda: daemon.station(mac)["router"] == "r2", "at r2", 10)
    m = Monitor(net, "r1", "monitor", "live", "roam", "join", "leave")
    net.lab.wait(lambda: " live" in m.proc.text(), "live", 10, 0.05)
    net.air.move("sta1", "r1")
    net.lab.wait(lambda: mac in m.proc.text(), "a line", 10, 0.05)
    line = [x for x in m.proc.text().splitlines() if mac in x][-1]
    assert re.fullmatch(STAMP + f"(roam|join) {mac} .*at r1 on p-sta1", line)
    assert not re.search("present|lease|peer", m.proc.text())
    m.proc.stop(signal.SIGINT)


def test_listings_are_narrowed(net):
    d, mac = net.daemons["core"], net.mac("sta1")
    net.lab.wait(lambda: (d.station(mac) or {}).get("router") == "r1",
                 "sta1 at r1", 10)

    def macs(*words):
        got = json.loads(d.ctl("-j", "show", *words))[words[0]]
        return {r["mac"] for r in got}
    v4 = net.addresses("sta1")[0]
    assert macs("stations", "r1") == macs("stations", mac) == {mac}
    assert macs("stations", d.station(mac)["router_id"]) == {mac}
    assert macs("stations", "r2") == macs("stations", "02:00:00:00:00:99") \
        == set()
    assert macs("leases", v4) == macs("leases", mac) == {mac}
    assert macs("leases", "r1") == {mac} and macs("leases", "r2") == set()
    assert mac in macs("leases", "192.168.44.0/24")
    assert macs("leases", "192.168.45.0/24") == set()
    assert mac in macs("leases", "2001:db8:44::/48")
    assert macs("roams", mac) == {mac}
    done = d.ctl_raw("show", "stations", "r9")
    assert done.returncode == 1 and "r9: no such router" in done.stderr


def mac_of(i):
    return f"02:00:00:01:{i >> 8:02x}:{i & 255:02x}"


def said(i):
    """An address passes from one to the next."""
    return lease4(f"192.168.44.{i % 200 + 20}", mac_of(i), i + 1)


def test_one_that_does_not_read_loses_events_and_hears_how_many(net):
    """Stopped, while a member says more than is kept for it."""
    lab, daemon, count = net.lab, net.daemons["core"], 6000
    slow = Monitor(net, "core", "-j", "monitor", "live", "lease", "expire")
    slow.wait("live")
    fast = Monitor(net, "core", "-j", "monitor", "live", "lease")
    fast.wait("live")
    slow.proc.send(signal.SIGSTOP)
    with netns.inside(lab.ns_name("server")):
        sock = socket.create_connection((net.addrs["core"][0], 4444))
    sock.sendall(HANDSHAKE + b"".join(said(i) for i in range(count)))
    lab.wait(lambda: daemon.show("status")["updates_in"] >= count,
             "all is heard", 30, 0.1)
    slow.proc.send(signal.SIGCONT)
    slow.wait("lost")
    # It goes on, and so does who has read.
    sock.sendall(said(count))
    for m in (fast, slow):
        m.wait("lease", mac=mac_of(count))
        told = [e for e in m.events() if e["event"] == "lease"]
        lost = sum(e["count"] for e in m.events() if e["event"] == "lost")
        assert len(told) + lost > count
        numbers = [e["seq"] for e in told]
        assert numbers == sorted(set(numbers))
    assert len(told) < count
    sock.close()


def test_wrong_words_are_refused_with_the_right_ones(net):
    done = net.daemons["r1"].ctl_raw("monitor", "walk")
    assert done.returncode == 1
    assert "walk: not understood, valid here: present, live" in done.stderr
