# SPDX-License-Identifier: ISC
"""Rules of nftables beside us: flow tables, whose flows must follow a station
that roams, and masquerading, which no connection survives that roams."""

import re
import socket
import time

import pytest

from lab import Network, netns
from lab.topology import SERVER4

PORT = 4245
FLOWS = """table inet off
delete table inet off
table inet off {
    flowtable fast {
        hook ingress priority filter
        devices = { %s }
    }
    chain forward {
        type filter hook forward priority filter
        meta l4proto udp flow add @fast
        udp dport %d counter
    }
}
"""
MASQUERADE = """table inet home {
    chain out {
        type nat hook postrouting priority srcnat
        oifname "core" masquerade
    }
}
"""


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=2).up()
    for sta in net.stations:
        net.join(sta, "r1")
    return net


def offload(net, router, *devices):
    try:
        net.lab.run("nft", "-f", "-", ns=router,
                    input=FLOWS % (", ".join(devices), PORT))
    except Exception as err:
        if "flowtable" in str(err):
            pytest.skip("the kernel has no flow tables")
        raise


def slow(net, router):
    """How many packets of the flow the forward chain has seen."""
    out = net.lab.run("nft", "list", "table", "inet", "off", ns=router)
    return int(re.search(r"counter packets (\d+)", out)[1])


class Echo:
    """One flow of UDP, both ways: who asks, and who answers."""

    def __init__(self, net, asker, answerer, addr):
        family = socket.AF_INET6 if ":" in addr else socket.AF_INET
        self.socks = []
        for ns in (asker, answerer):
            with netns.inside(net.lab.ns_name(ns)):
                sock = socket.socket(family, socket.SOCK_DGRAM)
            sock.setblocking(False)
            net.lab.closers.append(sock.close)
            self.socks.append(sock)
        self.asks, self.answers = self.socks
        self.answers.bind((addr, PORT))
        self.addr, self.sent, self.back = addr, 0, set()

    def close(self):
        for sock in self.socks:
            sock.close()

    def run(self, seconds):
        """The numbers asked, and of these those without an answer."""
        first, end = self.sent, time.monotonic() + seconds
        while time.monotonic() < end:
            self.asks.sendto(b"%d" % self.sent, (self.addr, PORT))
            self.sent += 1
            time.sleep(0.002)
            self.pump()
        until = time.monotonic() + 1
        while time.monotonic() < until and len(self.back) < self.sent:
            self.pump()
            time.sleep(0.002)
        asked = set(range(first, self.sent))
        return len(asked), len(asked - self.back)

    def pump(self):
        for sock in (self.answers, self.asks):
            while True:
                try:
                    data, who = sock.recvfrom(100)
                except OSError:
                    break
                if sock is self.answers:
                    sock.sendto(data, who)
                else:
                    self.back.add(int(data))


def roams(net, asker, addr, router):
    """Lost of a flow to sta1 before and after it has roamed from r1 to r2 and
    back, and how much of it took the slow way."""
    net.air.move("sta1", "r1")
    net.lab.ping(asker, addr)
    echo = Echo(net, asker, "sta1", addr)
    asked, lost = echo.run(1)
    assert lost == 0
    seen = slow(net, router)
    assert seen < asked / 2, "it was not offloaded"
    out = {}
    for where in ("r2", "r1"):
        net.air.move("sta1", where)
        net.lab.wait(lambda w=where: net.daemons[w].has_station_here(
            net.mac("sta1")), "it is there", 5)
        time.sleep(0.2)
        out[where] = echo.run(1)
    echo.close()
    print(asker, addr, "offloaded by", router, out)
    return out


@pytest.mark.parametrize("family", [0, 1], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("asker,router,devices", [
    ("server", "core", ("server", "r1", "r2")),
    ("server", "r1", ("core", "roam0")),
    ("sta2", "r1", ("core", "roam0"))],
    ids=["core", "access point", "neighbour"])
def test_flows_of_a_bridge_and_of_routers_follow(net, asker, router, devices,
                                                 family):
    offload(net, router, *devices)
    try:
        net.air.move("sta2", "r1")
        out = roams(net, asker, net.addresses("sta1")[family], router)
        assert all(lost == 0 for _asked, lost in out.values()), out
        assert "flowtable fast" not in net.daemons["r1"].log()
    finally:
        net.lab.run("nft", "delete", "table", "inet", "off", ns=router)


def test_a_port_in_a_flow_table_is_named(net):
    """Its flows do not follow, which is why."""
    log = net.daemons["r1"].log
    offload(net, "r1", "core", "p-sta1", "p-sta2")
    try:
        net.lab.wait(lambda: "flowtable fast has the port p-sta1 of roam0"
                     in log(), "the log says so", 10, 0.1)
        out = roams(net, "sta2", net.addresses("sta1")[0], "r1")
        print("with ports:", out)
        assert out["r2"][1] > 0
    finally:
        net.lab.run("nft", "delete", "table", "inet", "off", ns="r1")
        net.air.move("sta1", "r1")


def test_masquerading_is_named_once_and_again_when_it_returns(net):
    daemon = net.daemons["r1"]

    def said(count):
        words = "table home, chain out masquerades"
        return net.lab.wait(lambda: daemon.log().count(words) == count,
                            f"said {count} times", 20, 0.1)
    net.lab.run("nft", "-f", "-", ns="r1", input=MASQUERADE)
    said(1)
    daemon.reload()
    net.lab.run("nft", "add", "rule", "inet", "home", "out", "counter",
                ns="r1")
    time.sleep(7)
    said(1)
    net.lab.run("nft", "delete", "table", "inet", "home", ns="r1")
    time.sleep(7)
    net.lab.run("nft", "-f", "-", ns="r1", input=MASQUERADE)
    said(2)
    net.lab.run("nft", "delete", "table", "inet", "home", ns="r1")


def test_a_masqueraded_connection_ends_when_its_station_roams(net):
    """Which is what the line in the log is for."""
    for router in net.routers:
        net.lab.run("nft", "-f", "-", ns=router, input=MASQUERADE)
    try:
        net.air.move("sta1", "r1")
        net.lab.ping("sta1", SERVER4)
        assert tcp_over_a_roam(net)
    finally:
        for router in net.routers:
            net.lab.run("nft", "delete", "table", "inet", "home", ns=router)
    net.air.move("sta1", "r1")
    assert not tcp_over_a_roam(net)


def tcp_over_a_roam(net):
    """Whether a connection to the server does not survive one."""
    with netns.inside(net.lab.ns_name("server")):
        server = socket.create_server((SERVER4, PORT))
    with netns.inside(net.lab.ns_name("sta1")):
        client = socket.create_connection((SERVER4, PORT), 5)
    peer, _addr = server.accept()
    for sock in (client, peer):
        sock.settimeout(5)
    try:
        client.sendall(b"before")
        assert peer.recv(100) == b"before"
        net.air.move("sta1", "r2")
        net.lab.wait(lambda: net.daemons["r2"].has_station_here(
            net.mac("sta1")), "it is there", 5)
        client.sendall(b"after")
        return peer.recv(100) != b"after"
    except OSError:
        return True
    finally:
        for sock in (client, peer, server):
            sock.close()
