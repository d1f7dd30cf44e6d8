# SPDX-License-Identifier: ISC
"""Networks of one set of routers: staff (without a name), guests and printers
(which staff reaches), one station of each at each of two routers.  No packet
goes where it may not, what may be reached is, and so is the server."""

import itertools
import json
import subprocess
import time

import pytest

from lab import Network
from lab.apart import PACKETS, Exchange
from lab.daemon import SROAMD
from lab.igp import snippet

STAFF, GUEST, PRINTERS = "staff", "guest", "printers"
NETWORKS = (STAFF, GUEST, PRINTERS)
BRIDGES = {STAFF: "roam0", GUEST: "roamg", PRINTERS: "roamp"}
PREFIXES = {GUEST: ("10.45.0", "2001:db8:45"),
            PRINTERS: ("10.46.0", "2001:db8:46")}
TABLES = {STAFF: 4400, GUEST: 4401, PRINTERS: 4402}


def may(one, other):
    return one == other or GUEST not in (one, other)


def block(name, number, iface):
    four, six = PREFIXES[name]
    text = [f"network {name} {{", f"\tprefix {{ {four}.0/24, {six}::/48 }}"]
    if name == PRINTERS:
        text.append("\treach unnamed")
    if iface:
        text += [f"\tinterface {BRIDGES[name]} {{", "\t\tstations bridge",
                 f"\t\tlladdr 02:00:5e:00:53:{number + 0x44:02x}",
                 f"\t\taddress {four}.1/32", "\t\taddress fe80::44/64",
                 "\t}"]
    return "\n".join(text + ["}"])


def blocks(iface):
    return [block(name, n, iface) for n, name in enumerate(NETWORKS)
            if name != STAFF]


class Apart(Exchange):
    """The stations by (network, router)."""

    def __init__(self, lab):
        self.net = net = Network(lab, routers=2, stations=6)
        self.place = {sta: (NETWORKS[n % 3], net.routers[n // 3])
                      for n, sta in enumerate(net.stations)}
        for r in net.routers:
            lab.batch(r, "".join(
                f"link add {b} type bridge mcast_snooping 0\n"
                f"link set {b} up\n" for b in ("roamg", "roamp"))
                + "".join(f"link set p-{sta} master {BRIDGES[name]}\n"
                          for sta, (name, _r) in self.place.items()))
        net.wait_igp()
        net.start("core", extra=blocks(False))
        net.start(*net.routers, extra=blocks(True))
        net.wait_peers()
        addrs = {"server": ("10.9.0.2", "2001:db8:9::2")}
        kinds = itertools.cycle(("udhcpc", "dhclient"))
        for sta, (_name, r) in self.place.items():
            addrs[sta] = net.join(sta, r, next(kinds))
        super().__init__(lab, addrs, lambda one, other: "server" in (
            one, other) or may(self.place[one][0], self.place[other][0]))


@pytest.fixture(scope="module")
def apart(module_lab):
    a = Apart(module_lab)
    a.settle()
    return a


def test_each_has_addresses_of_its_network(apart):
    for sta, (name, _r) in apart.place.items():
        four, six = PREFIXES.get(name, ("192.168.44", "2001:db8:"))
        assert apart.addrs[sta][0].startswith(four + "."), sta
        assert apart.addrs[sta][1].startswith(six), sta


def test_nothing_passes_between_networks(apart):
    got = apart.exchange()
    assert not apart.across(got)
    assert not apart.missing(got)


def test_nor_while_a_router_restarts(apart):
    daemon = apart.net.daemons["r1"]

    def every(n):
        if n == 10:
            daemon.stop()
        if n == PACKETS // 2:
            daemon.start()
    got = apart.exchange(every=every)
    assert not apart.across(got)
    apart.net.wait_peers()
    apart.settle()


def is_whole(apart, r):
    """All rules and routes that keep networks apart stand there."""
    for v in ("-4", "-6"):
        rules = apart.lab.run("ip", v, "rule", ns=r)
        if any(f"iif {BRIDGES[n]} lookup {TABLES[n]}" not in rules
               for n in NETWORKS):
            return False
        for name in NETWORKS:
            there = apart.lab.run("ip", v, "route", "show", "table",
                                  str(TABLES[name]), ns=r, check=False)
            if there.count("prohibit") != (2 if name == GUEST else 1):
                return False
    return True


@pytest.mark.parametrize("hand", [
    ("rule", "del", "pref", "999", "iif", "roamg"),
    ("rule", "flush", "protocol", "44"),
    ("route", "flush", "table", "4401"),
    ("route", "flush", "table", "4400")])
def test_another_hand_is_undone_within_a_second(apart, hand):
    assert is_whole(apart, "r1")
    for v in ("-4", "-6"):
        apart.lab.run("ip", v, *hand, ns="r1")
    apart.lab.wait(lambda: is_whole(apart, "r1"), "all is back", 1, 0.01)
    got = apart.exchange(10)
    assert not apart.across(got)
    apart.settle()


def test_what_goes_leaves_nothing(apart):
    daemon = apart.net.daemons["r2"]
    daemon.stop()
    assert is_whole(apart, "r2")
    daemon.remove()
    for v in ("-4", "-6"):
        assert "iif" not in apart.lab.run("ip", v, "rule", ns="r2")
        assert "prohibit" not in apart.lab.run("ip", v, "route", "show",
                                               "table", "all", ns="r2")
    daemon.start()
    apart.net.wait_peers()
    assert is_whole(apart, "r2")


def test_networks_that_are_not_configured_are_shown_with_their_data(apart):
    daemon = apart.net.daemons["core"]
    assert all(n["configured"] for n in daemon.show("networks"))
    extra, daemon.conf.extra = daemon.conf.extra, [
        line for line in daemon.conf.extra if not line.startswith("network ")]
    daemon.reload()
    try:
        others = {n["network"]: n for n in daemon.show("networks")
                  if not n["configured"]}
        assert set(others) == {GUEST, PRINTERS}
        assert all(n["data"] >= 4 for n in others.values())
        assert "not configured here" in daemon.ctl("show", "networks")
        assert "NETWORK" not in daemon.ctl("show", "leases")
        assert {r["network"] for r in daemon.show("leases")} == {"unnamed"}
        assert "guest" not in daemon.ctl("show", "metrics")
    finally:
        daemon.conf.extra = extra
        daemon.reload()
    apart.settle()


def ask(daemon, network, what):
    return json.loads(daemon.ctl("-j", "-N", network, "show", what))[what]


def test_an_operator_sees_one_network_or_all(apart):
    """At r1: leases, stations, routes and so on, by network."""
    daemon = apart.net.daemons["r1"]
    kinds = ("leases", "stations", "routes", "interfaces")
    for what in kinds:
        every = daemon.show(what)
        parts = [ask(daemon, n, what) for n in ("unnamed", GUEST, PRINTERS)]
        assert all(parts), what
        for name, part in zip(("unnamed", GUEST, PRINTERS), parts):
            assert {r["network"] for r in part} == {name}, what
        assert sum(map(len, parts)) == len(every), what
        assert "NETWORK" in daemon.ctl("show", what).splitlines()[0]
    macs = {apart.net.mac(sta) for sta, (name, _r) in apart.place.items()
            if name == GUEST}
    assert {s["mac"] for s in ask(daemon, GUEST, "stations")} == macs
    for lease in ask(daemon, GUEST, "leases"):
        assert lease["prefix"].startswith(PREFIXES[GUEST])
    assert [i["name"] for i in ask(daemon, GUEST, "interfaces")] == ["roamg"]
    for args, why in ((("-N", "gues", "show", "leases"), "no network gues"),
                      (("-N", GUEST, "show", "peers"), "for all networks"),
                      (("-N", GUEST, "show", "metrics"), "for all networks"),
                      (("-N", "n" * 16, "show", "leases"), "longer than")):
        done = daemon.ctl_raw(*args)
        assert done.returncode == 1 and why in done.stderr, done
        assert not done.stdout


def test_an_operator_sees_what_is_in_the_networks(apart):
    daemon = apart.net.daemons["r1"]
    by_name = {n["network"]: n for n in daemon.show("networks")}
    assert list(by_name) == ["unnamed", GUEST, PRINTERS]
    guest = by_name[GUEST]
    assert guest["stations"] == 2 and guest["stations_here"] == 1
    assert [p["prefix"] for p in guest["prefixes"]] == [
        "10.45.0.0/24", "2001:db8:45::/48"]
    assert guest["prefixes"][0]["used"] == 2 == guest["pool_ipv4_used"]
    assert guest["interfaces"] == ["roamg"] and guest["reaches"] == []
    assert by_name[PRINTERS]["reaches"] == ["unnamed"]
    assert len(ask(daemon, GUEST, "networks")) == 1
    metrics = daemon.ctl("show", "metrics").splitlines()
    for line in ('sroamd_network_stations{network="guest"} 2',
                 'sroamd_network_pool_ipv4_used{network="guest"} 2',
                 'sroamd_network_stations{network="unnamed"} '
                 f'{by_name["unnamed"]["stations"]}',
                 "sroamd_stations 6"):
        assert line in metrics
    assert any(line.startswith("sroamd_interface_dhcp_total{interface="
                               '"roamg",network="guest"}')
               for line in metrics)


def test_an_operator_acts_in_one_network(apart):
    daemon = apart.net.daemons["r1"]
    sta = next(s for s, p in apart.place.items() if p == (GUEST, "r1"))
    addr, mac = apart.addrs[sta][0], apart.net.mac(sta)
    for args in (("clear", "lease", addr), ("clear", "lease", mac),
                 ("disassociate", mac)):
        done = daemon.ctl_raw("-N", PRINTERS, *args)
        assert done.returncode == 1 and "no such" in done.stderr, done
    assert any(r["prefix"] == addr + "/32" and r["state"] == "valid"
               for r in ask(daemon, GUEST, "leases"))
    daemon.ctl("-N", GUEST, "disassociate", mac)
    daemon.ctl("-N", GUEST, "clear", "lease", addr)
    assert not any(r["prefix"] == addr + "/32" and r["state"] == "valid"
                   for r in ask(daemon, GUEST, "leases"))
    apart.addrs[sta] = apart.net.join(sta, "r1", "udhcpc")
    assert {(r["network"], r["mac"]) for r in ask(daemon, GUEST, "roams")
            } == {(GUEST, mac)}
    assert not ask(daemon, PRINTERS, "roams")


def test_a_mac_address_in_two_networks_has_two_rows(apart):
    lab, daemon = apart.lab, apart.net.daemons["r1"]
    ends = {name: sta for sta, (name, r) in apart.place.items() if r == "r1"}
    was, mac = (apart.net.mac(ends[n]) for n in (GUEST, STAFF))

    def be(address):
        apart.net.clients[ends[GUEST]].stop()
        lab.batch(ends[GUEST], f"link set eth0 address {address}\n"
                  "addr flush dev eth0 scope global\n")
        apart.net.air.mac[ends[GUEST]] = address
        apart.addrs[ends[GUEST]] = apart.net.join(ends[GUEST], "r1", "udhcpc")

    def rows(what):
        return {r["network"]: r for r in daemon.show(what)
                if r["mac"] == mac}
    be(mac)
    try:
        for what in ("stations", "leases"):
            lab.wait(lambda what=what: set(rows(what)) == {"unnamed", GUEST},
                     f"{what} in both networks", 10)
        lines = daemon.ctl("show", "stations").splitlines()
        assert sum(line.startswith(mac) for line in lines) == 2
        four = [r["prefix"] for r in daemon.show("leases")
                if r["mac"] == mac and ":" not in r["prefix"]]
        assert sorted(p.split(".")[0] for p in four) == ["10", "192"]
        daemon.ctl("-N", GUEST, "disassociate", mac)
        assert rows("stations")["unnamed"]["here"]
    finally:
        be(was)


INPUT = """
table inet mine {
        chain in {
                type filter hook input priority filter;
                iifname { "roamg", "roamp" } tcp dport 22 drop
        }
}
"""
MARK = """
table ip mark%d {
        chain out {
                type nat hook postrouting priority srcnat;
                oifname "nothing" masquerade
        }
}
"""


def test_missing_rules_are_named_until_they_are_there(apart):
    lab, daemon = apart.lab, apart.net.daemons["r2"]
    marks = itertools.count()

    def after(rules, reload=False):
        """What the log has in all when the daemon has looked again."""
        mark = next(marks)
        lab.run("nft", "-f", "-", ns="r2", input=rules + MARK % mark)
        if reload:
            daemon.reload()
        lab.wait(lambda: f"table mark{mark}, chain out" in daemon.log(),
                 "rules were looked at", 20, 0.1)
        time.sleep(0.2)
        return daemon.log().count("networks: their stations")

    lab.wait(lambda: "networks: their stations reach all addresses of this "
             "router, and can send from addresses" in daemon.log(),
             "said at the start", 10)
    first = daemon.log().count("networks: their stations")
    assert after(INPUT) == first            # less than was said
    assert after("", reload=True) == first + 1
    assert "networks: their stations can send from addresses of other " \
        "networks: nftables" in daemon.log()
    text = snippet("networks.nft").replace("192.168.45.", "10.45.0.").replace(
        "192.168.46.", "10.46.0.")
    assert after(text, reload=True) == first + 1
    assert after("delete table inet mine\n"
                 "delete table inet sroamd_networks\n") == first + 2
    assert after("table inet sroamd_quiet {}\n", reload=True) == first + 2


FLAT = """
listen on * no tls
prefix 192.168.44.0/24
interface roam0 { address 192.168.44.1 }
nameserver 192.168.44.53
"""
MOVED = """
prefix 192.168.45.0/24
host printer lladdr 02:00:00:00:00:99 address 192.168.45.9
interface roamg {
        lladdr 02:00:5e:00:53:45
        address { 192.168.45.1, fe80::44 }
        isolated yes
}
"""


def test_the_block_that_n_writes_is_right(module_lab):
    """Two gateways, no block: what is written can stand in its place."""
    def check(text):
        path = module_lab.write("two.conf", text, 0o600)
        return subprocess.run([SROAMD, "-n", "-f", path], text=True,
                              capture_output=True, check=False)
    done = check(FLAT + MOVED)
    assert done.returncode == 1
    assert "interface roamg: its gateway is in 192.168.45.0/24" in done.stderr
    assert "host \"printer\"" in done.stdout
    assert "nameserver 192.168.44.53" in done.stdout
    pasted = check(FLAT + done.stdout)
    assert pasted.returncode == 0, pasted.stderr
    assert not pasted.stdout
