# SPDX-License-Identifier: ISC
"""A station that is a router: it is delegated a /60, has a host behind it,
and roams with all of that.

    server -- core -- r1 : r2 : sta1 (dhcpcd) -- lan0 -- behind
"""

import json
import os
import re
import signal
import socket
import subprocess

import pytest

from lab import Network
from lab.topology import SERVER6

POOL = "2001:db8:8000::/48"
EXTRA = ["dhcp6 delegate", f"prefix {POOL} delegate 60"]
CONF = """duid ll
noipv6rs
allowinterfaces eth0
nohook resolv.conf
interface eth0
ipv6only
ia_pd 1 lan0/1/64
"""

pytestmark = pytest.mark.skipif(
    subprocess.run(["which", "dhcpcd"], capture_output=True,
                   check=False).returncode != 0,
    reason="dhcpcd is not installed")


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=2)
    lab = net.lab
    net.wait_igp()
    net.start("core", extra=EXTRA)
    net.start(*net.routers, extra=EXTRA)
    net.wait_peers()
    lab.add_ns("behind")
    lab.veth("sta1", "lan0", "behind", "eth0")
    lab.sysctl("sta1", net__ipv6__conf__all__forwarding=1,
               net__ipv6__conf__lan0__accept_dad=0)
    lab.sysctl("behind", net__ipv6__conf__eth0__accept_dad=0)
    lab.ip("sta1", "link", "set", "lan0", "up")
    lab.ip("behind", "link", "set", "eth0", "up")
    return net


def delegated(net, router="r1", sta="sta1"):
    """The prefix that this router knows to be delegated to the station."""
    for lease in net.daemons[router].show("leases"):
        if lease["mac"] == net.mac(sta) and lease["delegated"] \
                and lease["state"] == "valid":
            return lease["prefix"]
    return None


def routes(net, ns, dst, table):
    out = net.lab.run("ip", "-j", "-6", "-n", net.lab.ns_name(ns), "route",
                      "show", dst, "table", str(table), check=False)
    return [r for r in json.loads(out or "[]")
            if r.get("type", "unicast") == "unicast"]


def nth64(prefix, n):
    """The n-th /64 of a prefix, as the text before a host's part."""
    octets = bytearray(socket.inet_pton(socket.AF_INET6,
                                        prefix.split("/")[0]))
    octets[7] |= n
    return socket.inet_ntop(socket.AF_INET6, bytes(octets))


def start_client(net):
    conf = net.lab.write("dhcpcd-pd.conf", CONF)
    return net.lab.spawn("dhcpcd-pd", [
        "dhcpcd", "-6", "-B", "-d", "-f", conf, "-c", "/bin/true", "eth0"],
        ns="sta1", private=["/run", "/var/lib/dhcpcd"])


def stop_client(net, client):
    """Helpers of dhcpcd 9 that it leaves behind now and then keep the port."""
    client.stop()
    for pid in net.lab.run("ip", "netns", "pids",
                           net.lab.ns_name("sta1")).split():
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as f:
                if f.read().strip() == "dhcpcd":
                    os.kill(int(pid), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            pass
    net.lab.wait(lambda: ":0222 " not in net.lab.run(
        "cat", "/proc/net/udp6", ns="sta1"), "dhcpcd ends", 10, 0.05)


def move(net, router):
    net.air.move("sta1", router)
    daemon = net.daemons[router]
    net.lab.wait(lambda: daemon.has_station_here(net.mac("sta1")),
                 f"sta1 at {router}", 10, 0.02)


def answered(proc):
    seqs = [int(s) for s in re.findall(r"icmp_seq=(\d+) ttl", proc.text())]
    return seqs[-1] if seqs else 0


@pytest.fixture(scope="module")
def router(net):
    """The client at r1, its prefix, and the host behind it."""
    lab = net.lab
    move(net, "r1")
    client = start_client(net)
    prefix = lab.wait(lambda: delegated(net), "a delegated prefix", 30, 0.05)
    lan = nth64(prefix, 1)
    lab.wait(lambda: lan[:-1] in lab.run(
        "ip", "-6", "-o", "addr", "show", "dev", "lan0", ns="sta1"),
        "dhcpcd: a /64 of it on lan0", 20, 0.05)
    gateway = lab.run("ip", "-6", "-o", "addr", "show", "dev", "lan0",
                      "scope", "link", ns="sta1").split()[3].split("/")[0]
    lab.batch("behind", f"addr add {lan}99/64 dev eth0\n"
              f"route add default via {gateway} dev eth0\n")
    return client, prefix, lan + "99"


def test_a_60_is_leased_routed_and_used(net, router):
    _client, prefix, host = router
    assert prefix.endswith("/60") and prefix.startswith("2001:db8:8000:")
    for name in ("core", "r1", "r2"):
        net.lab.wait(lambda n=name: delegated(net, n) == prefix,
                     f"{name} knows", 10, 0.05)
    # The station's link-local address leads to it: nobody asks for hosts.
    link = net.lab.wait(lambda: [r for r in routes(net, "r1", prefix, 44)
                                 if r.get("gateway")], "a route", 10, 0.05)
    assert link[0]["dev"] == "roam0"
    assert link[0]["gateway"].startswith("fe80::")
    assert routes(net, "r1", prefix, "main")[0]["protocol"] == "44"
    net.lab.wait(lambda: any(
        r["protocol"] == "45" for r in routes(net, "r2", prefix, 44)),
        "r2: a direct route", 10, 0.05)
    # For routers that do not run sroamd, as any other route.
    net.lab.wait(lambda: any(
        r["protocol"] == "babel" for r in routes(net, "core", prefix,
                                                 "main")),
        "core: babeld has it", 30, 0.1)
    net.lab.ping("behind", SERVER6)
    net.lab.ping("server", host)
    status = net.daemons["r1"].show("status")
    assert status["leases_delegated"] == 1
    assert f"{prefix} " in net.daemons["r1"].ctl_raw(
        "show", "leases").stdout


def test_it_moves_with_the_station_and_traffic_goes_on(net, router):
    _client, prefix, host = router
    out = net.lab.spawn("out", ["ping", "-n", "-i", "0.02", SERVER6],
                        ns="behind")
    into = net.lab.spawn("into", ["ping", "-n", "-i", "0.02", host],
                         ns="server")
    for to, away in (("r2", "r1"), ("r1", "r2"), ("r2", "r1")):
        net.lab.wait(lambda: answered(out) > 20 and answered(into) > 20,
                     "traffic", 10, 0.02)
        before = answered(out), answered(into)
        move(net, to)
        net.lab.wait(lambda b=before: answered(out) > b[0] + 50
                     and answered(into) > b[1] + 50,
                     f"traffic by {to}", 10, 0.02)
        assert routes(net, to, prefix, "main")[0]["protocol"] == "44"
        net.lab.wait(lambda a=away: not any(
            r["protocol"] == "44" for r in routes(net, a, prefix, "main")),
            f"{away}: no route", 10, 0.05)
        assert delegated(net, to) == prefix
    for proc in (out, into):
        proc.send(signal.SIGINT)
        net.lab.wait(lambda p=proc: "packet loss" in p.text(), "ping ends", 5)
        sent, came = map(int, re.search(
            r"(\d+) packets transmitted, (\d+) received", proc.text()).groups())
        assert sent - came <= 30, proc.text()[-400:]    # of 3 roams, at 50 Hz
        proc.stop()


def test_a_restart_of_its_router_changes_nothing(net, router):
    _client, prefix, host = router
    daemon = net.daemons["r2"]
    daemon.stop()
    daemon.start()
    net.lab.wait(lambda: delegated(net, "r2") == prefix, "r2 knows", 10, 0.05)
    net.lab.ping("server", host)
    assert routes(net, "r2", prefix, "main")[0]["protocol"] == "44"


def test_what_it_releases_is_gone_everywhere(net, router):
    client, prefix, _host = router
    client.send(signal.SIGALRM)
    for name in ("core", "r1", "r2"):
        net.lab.wait(lambda n=name: delegated(net, n) is None,
                     f"{name}: released", 15, 0.05)
    for name in ("r1", "r2"):
        net.lab.wait(lambda n=name: not routes(net, n, prefix, 44)
                     and not [r for r in routes(net, n, prefix, "main")
                              if r["protocol"] == "44"],
                     f"{name}: no route", 10, 0.05)
    stop_client(net, client)
    # It gets the same again, at another router.
    move(net, "r1")
    again = start_client(net)
    net.lab.wait(lambda: delegated(net, "r2") == prefix, "the same", 30, 0.05)
    stop_client(net, again)


def test_an_operator_clears_it(net, router):
    _client, prefix, _host = router
    net.daemons["r1"].ctl("clear", "lease", prefix)
    net.lab.wait(lambda: delegated(net, "r2") is None, "r2: no lease", 10,
                 0.05)


def test_a_reload_takes_the_pool_away(net, router):
    daemon = net.daemons["r1"]
    move(net, "r1")
    client = start_client(net)
    prefix = net.lab.wait(lambda: delegated(net), "a prefix", 30, 0.05)
    net.lab.wait(lambda: routes(net, "r1", prefix, 44), "a route", 10, 0.05)
    daemon.conf.extra = ["dhcp6 delegate"]
    daemon.reload()
    net.lab.wait(lambda: not routes(net, "r1", prefix, 44), "no route", 10,
                 0.05)
    stop_client(net, client)
