# SPDX-License-Identifier: ISC
"""What stations get in IPv6, seen by others' tools; and how their /64s
are reached."""

import json
import os
import re
import socket
import struct
import subprocess

import pytest

from lab import Network, frames, netns
from lab.topology import SERVER6

ETH_P_IPV6 = 0x86dd
EXTRA = ['search { "example.org", "lab.example.org" }',
         'nat64 prefix 64:ff9b::/96',
         'captive portal "https://portal.example.org/api"',
         'router preference high',
         'advertise route 2001:db8:9::/48 preference low',
         'dhcp6 delegate']


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=3)
    net.wait_igp()
    net.start("core")
    net.start(*net.routers, extra=EXTRA)
    net.wait_peers()
    for sta in net.stations:
        net.air.move(sta, "r1")
    return net


def tool(name):
    return subprocess.run(["which", name], capture_output=True,
                          check=False).returncode == 0


def prefix_of(net, sta):
    for lease in net.daemons["r1"].show("leases"):
        if lease["mac"] == net.mac(sta) and ":" in lease["prefix"]:
            return lease["prefix"]
    return None


def linklocal(net, sta):
    for link in net.lab.ip_json(sta, "addr", "show", "dev", "eth0"):
        for a in link.get("addr_info", ()):
            if a.get("scope") == "link":
                return a["local"]
    return None


def global6(net, sta):
    def ready():
        for link in net.lab.ip_json(sta, "-6", "addr", "show", "dev", "eth0"):
            for a in link.get("addr_info", ()):
                if a.get("scope") == "global" and not a.get("tentative"):
                    return a["local"]
        return None
    return net.lab.wait(ready, f"{sta}: an IPv6 address", 20, 0.05)


@pytest.mark.skipif(not tool("rdisc6"), reason="rdisc6 is not installed")
def test_rdisc6_reads_every_field_as_configured(net):
    prefix = net.lab.wait(lambda: prefix_of(net, "sta1"), "a prefix")
    out = net.lab.run("rdisc6", "-1", "-v", "-w", "3000", "eth0", ns="sta1")
    said = {k.strip(): v.strip() for k, v in
            re.findall(r"^ *([^:\n]+?) *: +(.*)$", out, re.M)}
    assert said["Hop limit"].startswith("64")
    assert said["Stateful address conf."] == "No"
    assert said["Stateful other conf."] == "Yes"
    assert said["Router preference"] == "high"
    assert said["Router lifetime"].startswith("1800 ")
    assert said["Reachable time"].startswith("unspecified")
    assert said["Retransmit time"].startswith("unspecified")
    assert said["Prefix"] == prefix
    assert said["On-link"] == "No"
    assert said["Autonomous address conf."] == "Yes"
    assert said["Valid time"].startswith("5400 ")
    assert said["Pref. time"].startswith("2700 ")
    assert said["Recursive DNS server"] == "2001:db8:9::2"
    assert said["Source link-layer address"] == "02:00:5E:00:53:44"
    assert "example.org lab.example.org" in out.replace(",", "")
    assert said["Route"] == "2001:db8:9::/48"
    assert said["Route preference"] == "low"
    assert said["Route lifetime"].startswith("1800 ")
    assert re.search(r"from fe80::44", out)


@pytest.mark.skipif(not tool("radvdump"), reason="radvdump is not installed")
def test_radvdump_writes_the_same_back(net):
    prefix = net.lab.wait(lambda: prefix_of(net, "sta1"), "a prefix")
    dump = net.lab.spawn("radvdump", ["radvdump"], ns="sta1")
    net.lab.wait(lambda: (net.lab.run("rdisc6", "-1", "-q", "-w", "1000",
                                      "eth0", ns="sta1", check=False),
                          "}; # End of interface" in dump.text()
                          or dump.text().rstrip().endswith("};"))[1],
                 "radvdump saw an advertisement", 20, 0.2)
    text = " ".join(dump.text().split())
    dump.stop()
    for line in ("AdvManagedFlag off;", "AdvOtherConfigFlag on;",
                 "AdvCurHopLimit 64;", "AdvDefaultLifetime 1800;",
                 "AdvDefaultPreference high;",
                 "AdvSourceLLAddress on;", f"prefix {prefix} {{",
                 "AdvValidLifetime 5400;", "AdvPreferredLifetime 2700;",
                 "AdvOnLink off;", "AdvAutonomous on;",
                 "route 2001:db8:9::/48 {", "AdvRoutePreference low;",
                 "AdvRouteLifetime 1800;", "RDNSS 2001:db8:9::2 {",
                 "AdvRDNSSLifetime 1800;",
                 "DNSSL example.org lab.example.org {",
                 "AdvDNSSLLifetime 1800;"):
        assert line in text, (line, text)


def raw_advert(net, sta):
    """The next router advertisement to the station: its header and options,
    {type: [body]}, read here, where neither tool knows them all."""
    with netns.inside(net.lab.ns_name(sta)):
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                             socket.htons(ETH_P_IPV6))
        sock.bind(("eth0", ETH_P_IPV6))
    sock.settimeout(0.5)
    try:
        for _ in range(40):
            try:
                sock.send(frames.solicitation(net.mac(sta)))
                frame = sock.recv(2048)
                while frame[20] != 58 or frame[54] != 134:
                    frame = sock.recv(2048)
                break
            except TimeoutError:
                continue
        else:
            pytest.fail("no advertisement")
    finally:
        sock.close()
    assert frame[21] == 255                     # hop limit
    body = frame[54:54 + struct.unpack_from("!H", frame, 18)[0]]
    options, at = {}, 16
    while at < len(body):
        size = body[at + 1] * 8
        assert size > 0
        options.setdefault(body[at], []).append(body[at:at + size])
        at += size
    assert at == len(body)
    return body[:16], options


def test_every_option_is_as_configured_octet_by_octet(net):
    prefix = net.lab.wait(lambda: prefix_of(net, "sta1"), "a prefix")
    head, options = raw_advert(net, "sta1")
    # O, preference high.
    assert head[4:] == struct.pack("!BBHII", 64, 0x40 | 1 << 3, 1800, 0, 0)
    # SLLA, one prefix, RDNSS, DNSSL, a route, PREF64, the portal: no MTU.
    assert sorted(options) == [1, 3, 24, 25, 31, 37, 38]
    assert options[1] == [b"\1\1" + frames.mac("02:00:5e:00:53:44")]
    flags = 0x40 | 0x10                         # A, P; not L
    assert options[3] == [struct.pack(
        "!BBBBIII", 3, 4, 64, flags, 5400, 2700, 0)
        + frames.in6(prefix.split("/")[0])]
    assert options[25] == [struct.pack("!BBHI", 25, 3, 0, 1800)
                           + frames.in6("2001:db8:9::2")]
    names = b"\7example\3org\0\3lab\7example\3org\0"
    assert options[31] == [struct.pack("!BBHI", 31, 5, 0, 1800)
                           + names.ljust(32, b"\0")]
    assert options[24] == [struct.pack("!BBBBI", 24, 2, 48, 3 << 3, 1800)
                           + frames.in6("2001:db8:9::")[:8]]
    # RFC 8781: 225 times 8 s, code 0: /96.
    assert options[38] == [struct.pack("!BBH", 38, 2, 225 << 3)
                           + frames.in6("64:ff9b::")[:12]]
    uri = b"https://portal.example.org/api"
    assert options[37] == [b"\x25\4" + uri]


@pytest.mark.skipif(not tool("rdisc6"), reason="rdisc6 is not installed")
def test_an_mtu_that_is_not_the_usual_one_is_told(net):
    lab = net.lab
    lab.ip("r1", "link", "set", "roam0", "mtu", "1400")
    try:
        def has_option():
            return struct.pack("!BBHI", 5, 1, 0, 1400) in raw_advert(
                net, "sta1")[1].get(5, [])
        lab.wait(has_option, "the option", 20)
        out = lab.run("rdisc6", "-1", "-v", "-w", "3000", "eth0", ns="sta1")
        assert re.search(r"MTU +: +1400 bytes", out), out
        if tool("radvdump"):
            dump = lab.spawn("radvdump-mtu", ["radvdump"], ns="sta1")
            lab.wait(lambda: (raw_advert(net, "sta1"),
                              "AdvLinkMTU 1400;" in dump.text())[1],
                     "radvdump says so", 20)
            dump.stop()
    finally:
        lab.ip("r1", "link", "set", "roam0", "mtu", "1500")
    lab.wait(lambda: 5 not in raw_advert(net, "sta1")[1], "not any more", 20)


def test_the_kernel_makes_an_address_and_the_way_is_its_linklocal(net):
    addr = global6(net, "sta1")
    net.lab.ping("server", addr)
    way = linklocal(net, "sta1")

    def via(router):
        out = net.lab.run("ip", "-6", "-n", net.lab.ns_name(router), "route",
                          "show", "table", "44")
        return f"via {way} dev roam0" in out
    net.lab.wait(lambda: via("r1"), "r1: the /64 by the link-local address")
    # The next router knows it without a word of the station.
    net.air.move("sta1", "r2")
    net.lab.wait(lambda: via("r2"), "r2: the /64 by the link-local address")
    net.lab.wait(lambda: not via("r1"), "r1: none")
    net.lab.ping("server", addr)
    assert global6(net, "sta1") == addr
    net.lab.wait(lambda: way not in net.lab.run(
        "ip", "-6", "-n", net.lab.ns_name("r1"), "neigh", "show", "dev",
        "roam0"), "r1: nor an entry")
    net.air.move("sta1", "r1")
    net.lab.wait(lambda: via("r1"), "r1 again")


def test_a_scan_of_a_prefix_makes_no_neighbours(net):
    addr = global6(net, "sta1")
    net.lab.ping("server", addr)
    net.lab.wait(lambda: "via fe80" in net.lab.run(
        "ip", "-6", "-n", net.lab.ns_name("r1"), "route", "show", "table",
        "44", prefix_of(net, "sta1")), "the way is known")
    base = prefix_of(net, "sta1").split("::")[0]
    for i in range(1, 40):
        subprocess.run(["ip", "netns", "exec", net.lab.ns_name("server"),
                        "ping", "-n", "-c1", "-W0.01", f"{base}::bad:{i:x}"],
                       capture_output=True, check=False)
    out = net.lab.run("ip", "-6", "-n", net.lab.ns_name("r1"), "neigh",
                      "show", "dev", "roam0")
    assert ":bad:" not in out


@pytest.mark.skipif(not tool("dhclient"), reason="dhclient is not installed")
def test_dhclient_gets_a_prefix_and_renews_it_at_the_other_router(net):
    addr = global6(net, "sta2")
    prefix = prefix_of(net, "sta2")
    script = net.lab.write("dhclient6.sh", '#!/bin/sh\n'
                           'echo "$reason ${new_ip6_prefix:-} '
                           '${new_dhcp6_name_servers:-} '
                           '${new_dhcp6_domain_search:-}"\n', 0o755)
    leases = net.lab.path("dhclient6.leases")
    binary = net.lab.path("dhclient6")
    subprocess.run(["cp", "/usr/sbin/dhclient", binary], check=True)

    def run(*args):
        return net.lab.run(binary, "-6", "-P", "-1", "-v", "-sf", script,
                           "-lf", leases, "-pf", net.lab.path("dhc6.pid"),
                           *args, "eth0", ns="sta2", timeout=40)
    out = run()
    assert f"BOUND6 {prefix} 2001:db8:9::2" in out
    assert "example.org. lab.example.org." in out
    net.lab.run(binary, "-6", "-P", "-x", "-lf", leases, "-pf",
                net.lab.path("dhc6.pid"), "-sf", script, "eth0", ns="sta2",
                check=False)
    net.air.move("sta2", "r2")
    net.lab.wait(lambda: net.daemons["r2"].has_station_here(net.mac("sta2")),
                 "sta2 is at r2")
    out = run()             # with its lease: REBIND
    assert f"REBIND6 {prefix}" in out, out
    net.lab.run(binary, "-6", "-P", "-x", "-lf", leases, "-pf",
                net.lab.path("dhc6.pid"), "-sf", script, "eth0", ns="sta2",
                check=False)
    assert global6(net, "sta2") == addr


@pytest.mark.skipif(not tool("dhclient"), reason="dhclient is not installed")
def test_dhclient_is_informed_without_a_lease(net):
    global6(net, "sta2")
    script = net.lab.write("inform6.sh", '#!/bin/sh\n'
                           'echo "$reason ${new_dhcp6_name_servers:-} '
                           '${new_dhcp6_domain_search:-}"\n', 0o755)
    binary = net.lab.path("dhclient6s")
    subprocess.run(["cp", "/usr/sbin/dhclient", binary], check=True)
    out = net.lab.run(binary, "-6", "-S", "-1", "-v", "-sf", script, "-pf",
                      net.lab.path("inform6.pid"), "eth0", ns="sta2",
                      timeout=40, check=False)
    net.lab.run(binary, "-6", "-S", "-x", "-sf", script, "-pf",
                net.lab.path("inform6.pid"), "eth0", ns="sta2", check=False)
    assert "RENEW6 2001:db8:9::2 example.org. lab.example.org." in out, out


@pytest.mark.skipif(not tool("dhcpcd"), reason="dhcpcd is not installed")
def test_dhcpcd_is_delegated_its_prefix(net):
    global6(net, "sta3")
    prefix = prefix_of(net, "sta3")
    net.lab.sysctl("sta3", net__ipv6__conf__eth0__accept_ra=0)
    net.lab.run("ip", "-n", net.lab.ns_name("sta3"), "link", "add", "lan0",
                "type", "bridge")
    conf = net.lab.write("dhcpcd6.conf", "ipv6only\nduid ll\n"
                         "allowinterfaces eth0\nnohook resolv.conf\n"
                         "interface eth0\nipv6rs\nia_pd 1 lan0/0/64\n")
    proc = net.lab.spawn("dhcpcd6", [
        "dhcpcd", "-6", "-B", "-d", "-f", conf, "-c", "/bin/true", "eth0"],
        ns="sta3", private=["/run", "/var/lib/dhcpcd"])
    net.lab.wait(lambda: f"delegated prefix {prefix}" in proc.text(),
                 "dhcpcd: delegated", 30, 0.1)
    proc.stop()


def test_short_lifetimes_never_run_out(net):
    """A real one of what the unit tests do for two hours."""
    addr = global6(net, "sta1")
    daemon = net.daemons["r1"]
    extra = daemon.conf.extra
    daemon.conf.extra = extra + ["prefix lifetime 12s preferred 8s",
                                 "router lifetime 10s"]
    daemon.reload()

    def adverts():
        return daemon.show("status")["adverts"]

    def stands():
        for link in net.lab.ip_json("sta1", "-6", "addr", "show", "dev",
                                    "eth0"):
            for a in link.get("addr_info", ()):
                if a["local"] == addr:
                    assert not a.get("deprecated"), a
                    assert a["preferred_life_time"] > 0
                    return True
        return False
    # The three after a reload still find the long lifetimes of before.
    first = adverts()
    net.lab.wait(lambda: adverts() >= first + 3 * 3, "first three", 20)
    first = adverts()

    def many():
        assert stands()
        assert net.default_routes("sta1") or json.loads(net.lab.run(
            "ip", "-j", "-6", "-n", net.lab.ns_name("sta1"), "route", "show",
            "default"))
        return adverts() >= first + 3 * 9
    net.lab.wait(many, "nine more for each of three stations", 60, 0.2)
    daemon.conf.extra = extra
    daemon.reload()


def test_retire_ends_the_default_route_and_a_reload_brings_it_back(net):
    global6(net, "sta1")

    def routes():
        return json.loads(net.lab.run(
            "ip", "-j", "-6", "-n", net.lab.ns_name("sta1"), "route", "show",
            "default") or "[]")
    net.lab.wait(routes, "a default route")
    net.daemons["r1"].ctl("retire")
    net.lab.wait(lambda: not routes(), "no default route any more")
    net.daemons["r1"].ctl("reload")
    net.lab.wait(routes, "a default route again")


def test_a_prefix_that_a_reload_removes_is_deprecated(net):
    old = global6(net, "sta1")
    daemons = [net.daemons[r] for r in ["core"] + net.routers]
    for d in daemons:
        d.conf.prefixes[1] = "2001:db8:45::/48"
        d.reload()

    def state(addr):
        for link in net.lab.ip_json("sta1", "-6", "addr", "show", "dev",
                                    "eth0"):
            for a in link.get("addr_info", ()):
                if a["local"] == addr:
                    return "deprecated" if a.get("deprecated") else "valid"
        return None
    net.lab.wait(lambda: state(old) == "deprecated", "the old is deprecated")
    new = net.lab.wait(lambda: [
        a["local"] for link in net.lab.ip_json("sta1", "-6", "addr", "show",
                                               "dev", "eth0")
        for a in link.get("addr_info", ())
        if a["local"].startswith("2001:db8:45")], "a new address", 20)
    net.lab.ping("server", new[0])
    net.lab.ping("sta1", SERVER6)
    assert os.path.exists(daemons[0].path)
