# SPDX-License-Identifier: ISC
"""Networks in VRFs of two routers: staff (without a name) in none, guests in
VRF 100, whose ways BIRD finds, and cameras in VRF 200, with static routes.  In
each a station at each router, in both families."""

import re

import pytest

from lab import LabError, Network
from lab.apart import Exchange
from lab.igp import Bird

STAFF, GUEST, CAMERAS = "staff", "guest", "cameras"
NETWORKS = (STAFF, GUEST, CAMERAS)
BRIDGES = {STAFF: "roam0", GUEST: "roamg", CAMERAS: "roamc"}
PREFIXES = {STAFF: ("192.168.44", "2001:db8:44"),
            GUEST: ("10.45.0", "2001:db8:45"),
            CAMERAS: ("10.46.0", "2001:db8:46")}
TABLES = {GUEST: 100, CAMERAS: 200}
MAC = "02:00:5e:00:53:{:02x}"


def block(name, iface, table=True):
    four, six = PREFIXES[name]
    text = [f"network {name} {{", f"\tprefix {{ {four}.0/24, {six}::/48 }}"]
    if table:
        text.append(f"\ttable {TABLES[name]}")
    if iface:
        text += [f"\tinterface {BRIDGES[name]} {{", "\t\tstations bridge",
                 "\t\tlladdr " + MAC.format(TABLES[name]),
                 f"\t\taddress {four}.1/32", "\t\taddress fe80::44/64", "\t}"]
    return "\n".join(text + ["}"])


def blocks(iface, **kw):
    return ["rule priority 1001"] + [block(n, iface, **kw) for n in TABLES]


class BirdVrf(Bird):
    """The snippet, in a VRF as sroamd.conf(5) says."""
    vrf, table = "vrf100", 100

    def place(self, text, _ns, _links, _own):
        text = text.replace('interface "lo"', f'interface "{self.vrf}"')
        text, n = re.subn(r"^(protocol (babel|kernel).*) \{\n",
                          rf'\1 {{\n\tvrf "{self.vrf}";\n', text, flags=re.M)
        assert n == 3
        return text.replace("\tlearn;\n",
                            f"\tlearn;\n\tkernel table {self.table};\n")


class Vrfs(Exchange):
    def __init__(self, lab):
        self.net = net = Network(lab, routers=2, stations=6)
        self.place = {sta: (NETWORKS[n % 3], net.routers[n // 3])
                      for n, sta in enumerate(net.stations)}
        for ns in ["core"] + net.routers:
            for table in TABLES.values():
                self.make(lab, ns, table)
        for i, r in enumerate(net.routers, 1):
            self._links(lab, i, r)
        lab.batch("core", "".join(
            f"route add {net.addrs[r][0]} via 10.3.{i}.2 vrf vrf200\n"
            f"route add {net.addrs[r][1]} via fe80::2 dev {r}-c vrf vrf200\n"
            for i, r in enumerate(net.routers, 1)))
        for ns in ["core"] + net.routers:
            links = [r + "-g" for r in net.routers] if ns == "core" else \
                ["core-g"]
            BirdVrf(lab, ns, links, [a + "/32" for a in net.addrs[ns]],
                    router_id=net.addrs[ns][0])
        net.wait_igp()
        net.start("core", extra=blocks(False))
        net.start(*net.routers, extra=blocks(True))
        net.wait_peers()
        super().__init__(lab, {sta: net.join(sta, r) for sta, (_n, r)
                               in self.place.items()}, self._may)

    def _may(self, one, other):
        return self.place[one][0] == self.place[other][0]

    def make(self, lab, ns, table):
        """As sroamd.conf(5) says."""
        four, six = self.net.addrs[ns]
        vrf = f"vrf{table}"
        lab.batch(ns, f"link add {vrf} type vrf table {table}\n"
                  f"link set {vrf} up\naddr add {four}/32 dev {vrf}\n"
                  f"addr add {six}/128 dev {vrf}\n")
        for v in ("-4", "-6"):
            lab.run("ip", v, "route", "replace", "unreachable", "default",
                    "metric", "4278198272", "vrf", vrf, ns=ns)

    def ways(self, lab, i, r):
        """In VRF 200, to the addresses of the other routers."""
        lab.batch(r, "addr replace fe80::2/64 dev core-c nodad\n" + "".join(
            f"route add {four} via 10.3.{i}.1 vrf vrf200\n"
            f"route add {six} via fe80::1 dev core-c vrf vrf200\n"
            for ns, (four, six) in self.net.addrs.items() if ns != r))

    def _links(self, lab, i, r):
        net = self.net
        lab.veths([("core", f"{r}-{x}", r, f"core-{x}", None, None)
                   for x in "gc"])
        for (ns, here, other), end in zip((("core", r, r), (r, "core", "core")),
                                          (1, 2)):
            lab.batch(ns, "".join(
                f"link set {here}-{x} master vrf{t}\nlink set {here}-{x} up\n"
                f"addr add 10.{n}.{i}.{end}/30 dev {here}-{x}\n"
                f"addr add fe80::{end}/64 dev {here}-{x} nodad\n"
                for x, t, n in (("g", 100, 2), ("c", 200, 3))))
        lab.batch(r, "".join(
            f"link add {b} type bridge mcast_snooping 0\n"
            f"link set {b} master vrf{TABLES[name]}\nlink set {b} up\n"
            for name, b in BRIDGES.items() if name in TABLES) + "".join(
                f"link set p-{sta} master {BRIDGES[name]}\n"
                for sta, (name, _r) in self.place.items()))
        self.ways(lab, i, r)

    def of(self, name):
        return [sta for sta, (n, _r) in self.place.items() if n == name]

    def routes(self, ns, table, v="-4"):
        return self.lab.run("ip", v, "route", "show", "table", str(table),
                            ns=ns, check=False)


@pytest.fixture(scope="module")
def vrfs(module_lab):
    module_lab.add_ns("probe")
    try:
        module_lab.batch("probe", "link add vrf1 type vrf table 1\n")
    except LabError:
        pytest.skip("the kernel has no VRF")
    v = Vrfs(module_lab)
    v.settle()
    return v


def test_each_reaches_its_own_network_alone(vrfs):
    for sta, (name, _r) in vrfs.place.items():
        four, six = PREFIXES[name]
        assert vrfs.addrs[sta][0].startswith(four + "."), sta
        assert vrfs.addrs[sta][1].startswith(six), sta
    got = vrfs.exchange()
    assert not vrfs.across(got)
    assert not vrfs.missing(got)


def test_routes_are_in_the_tables_of_their_vrfs_alone(vrfs):
    """One of protocol 44 where the station is, elsewhere one of 45, better
    than those of BIRD."""
    for name in NETWORKS:
        here, there = vrfs.of(name)
        for v, flag in enumerate(("-4", "-6")):
            addr, far = vrfs.addrs[here][v], vrfs.addrs[there][v]
            if v:
                addr, far = ([":".join(a.split(":")[:4]) + "::/64"
                              for a in (addr, far)])
            for table in (100, 200, 44, "main"):
                lines = [line for line in
                         vrfs.routes("r1", table, flag).splitlines()
                         if " proto 44 " in line or " proto 45 " in line]
                mine = [x for x in lines if x.startswith(addr + " ")]
                others = [x for x in lines if x.startswith(far + " ")]
                is_its = table == TABLES.get(name, 44)
                assert len(others) == is_its, (table, lines)
                assert len(mine) == (is_its or (
                    name == STAFF and table == "main")), (table, lines)
                if is_its and name != STAFF:
                    assert "proto 44" in mine[0] and "metric 10 " in mine[0]
                    assert "proto 45" in others[0]
                    assert "metric 10 " in others[0]
                    assert "vrf" not in others[0]


def test_bird_announces_the_stations_of_its_vrf(vrfs):
    """And without direct routes packets follow these."""
    _here, there = vrfs.of(GUEST)
    addr = vrfs.addrs[there][0]
    vrfs.lab.wait(lambda: re.search(rf"^{addr} via .* proto bird",
                                    vrfs.routes("r1", 100), re.M),
                  "BIRD's route in VRF 100", 10)
    assert "proto bird" not in vrfs.routes("r1", "44")


def test_rules_stand_around_the_kernels(vrfs):
    for v in ("-4", "-6"):
        rules = vrfs.lab.run("ip", v, "rule", ns="r1").splitlines()
        order = [next(i for i, rule in enumerate(rules) if text in rule)
                 for text in ("iif roamg lookup 4401", "[l3mdev-table]",
                              "lookup 44 ")]
        assert order == sorted(order), rules
    assert "VRF" not in vrfs.net.daemons["r1"].log()


def test_a_roam_inside_a_vrf(vrfs):
    net = vrfs.net
    for name in (GUEST, CAMERAS):
        sta = vrfs.of(name)[0]
        net.air.move(sta, "r2")
        net.lab.wait(lambda s=sta: net.daemons["r2"].has_station_here(
            net.mac(s)), f"{sta} at r2")
    vrfs.settle()
    got = vrfs.exchange()
    assert not vrfs.across(got)
    assert not vrfs.missing(got)
    addr = vrfs.addrs[vrfs.of(GUEST)[0]][0]
    assert re.search(rf"^{addr} nhid .* proto 45", vrfs.routes("r1", 100),
                     re.M)
    assert re.search(rf"^{addr} dev roamg proto 44", vrfs.routes("r2", 100),
                     re.M)
    for name in (GUEST, CAMERAS):
        net.air.move(vrfs.of(name)[0], "r1")
    vrfs.settle()


def test_a_restart_loses_nothing_and_opens_nothing(vrfs):
    daemon = vrfs.net.daemons["r1"]

    def every(n):
        if n == 10:
            daemon.stop()
        if n == 20:
            daemon.start()
    got = vrfs.exchange(every=every)
    assert not vrfs.across(got)
    assert not vrfs.missing(got)
    vrfs.net.wait_peers()


@pytest.mark.parametrize("hand", ["rule flush protocol 44",
                                  "route flush table 100 proto 44",
                                  "route del FAR table 200"])
def test_another_hand_is_undone(vrfs, hand):
    far = vrfs.addrs[vrfs.of(CAMERAS)[1]]
    far = far[0], ":".join(far[1].split(":")[:4]) + "::/64"

    def now():
        return [re.sub(r"nhid \d+ |expires \d+sec ", "", vrfs.lab.run(
            "ip", v, *what, ns="r1")) for v in ("-4", "-6") for what in (
                ("rule",), ("route", "show", "table", "100", "proto", "44"),
                ("route", "show", "table", "200", "proto", "45"))]
    before = now()
    for v in (0, 1):
        vrfs.lab.run("ip", ("-4", "-6")[v], *hand.replace(
            "FAR", far[v]).split(), ns="r1")
    assert now() != before
    vrfs.lab.wait(lambda: now() == before, "all is back", 3, 0.02)
    vrfs.settle()


def test_a_vrf_that_goes_is_named_and_followed(vrfs):
    """Its interfaces leave it, and with them the routes."""
    lab, daemon = vrfs.lab, vrfs.net.daemons["r2"]
    lab.batch("r2", "link set roamc nomaster\n")
    daemon.reload()
    assert "roamc: not in the VRF of its network, whose table is 200" \
        in daemon.log()
    lab.batch("r2", "link set roamc master vrf200\n")
    vrfs.settle()
    # Its device goes, with all its routes, and returns.
    lab.batch("r2", "link del vrf200\n")
    daemon.reload()
    assert "table 200: of no VRF now" in daemon.log()
    vrfs.make(lab, "r2", 200)
    lab.batch("r2", "".join(f"link set {i} master vrf200\n"
                            for i in ("core-c", "roamc")))
    vrfs.ways(lab, 2, "r2")
    vrfs.settle()
    assert not vrfs.across(vrfs.exchange(5))


def test_a_network_leaves_its_vrf_and_returns(vrfs):
    """By a reload: no route stays behind in either table."""
    daemon = vrfs.net.daemons["r1"]
    was = daemon.conf.extra
    here = vrfs.addrs[vrfs.of(GUEST)[0]][0]
    daemon.conf.extra = blocks(True)[:1] + [
        block(n, True, table=n != GUEST) for n in TABLES]
    daemon.reload()
    assert here in vrfs.routes("r1", 44) and here in vrfs.routes("r1", "main")
    assert "proto 44" not in vrfs.routes("r1", 100)
    assert "proto 45" not in vrfs.routes("r1", 100)
    assert "roamg: in the VRF vrf100, but its network is not" in daemon.log()
    daemon.conf.extra = was
    daemon.reload()
    assert here not in vrfs.routes("r1", 44)
    assert here not in vrfs.routes("r1", "main")
    vrfs.settle()


@pytest.mark.parametrize("how", ["stop and remove", "killed, without a block"])
def test_what_goes_leaves_nothing(vrfs, how):
    daemon = vrfs.net.daemons["r2"]
    was = daemon.conf.extra
    daemon.stop()
    assert " proto 44 " in vrfs.routes("r2", 100)
    assert " proto 45 " in vrfs.routes("r2", 200, "-6")
    if how == "stop and remove":
        daemon.remove()
    else:
        daemon.conf.extra = []
        daemon.start()
        daemon.stop()
    for v in ("-4", "-6"):
        for table in (100, 200):
            assert " proto 44 " not in vrfs.routes("r2", table, v)
            assert " proto 45 " not in vrfs.routes("r2", table, v)
    daemon.conf.extra = was
    daemon.start()
    vrfs.net.wait_peers()
    vrfs.settle()
