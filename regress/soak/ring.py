# SPDX-License-Identifier: ISC
"""Routers in a ring with chords, each with stations and sroamd with TLS, and
between them a routing daemon, or static routes.

    edge k:  a 10.3.k.1 2001:db8:3:k::1 -- 10.3.k.2 2001:db8:3:k::2 b
             both ends are called e<k>; a connects to b's loopback address
    router i, from 1:  10.0.0.i 2001:db8:0:i::1
"""

import ipaddress
import json
import os

from lab import daemon
from lab.air import Air
from lab.ca import CA
from lab.clients import CLIENTS
from lab.igp import Babeld
from lab.netns import LinkSwitch
from lab.rtnl import Kernel
from lab.topology import ROOT, router_addrs


def edges_of(n):
    ring = [(i, (i + 1) % n) for i in range(n)]
    chords = [(i, i + n // 2) for i in range(0, n // 2, 2)]
    return ring + [c for c in chords if c not in ring and n > 3]


def reached(n, edges, start):
    """{router: (edge, next) of its first step} of all that start reaches, by
    the shortest way; the same for everybody who asks."""
    first, todo = {start: None}, [start]
    for at in todo:
        for k, (a, b) in edges:
            if at not in (a, b):
                continue
            to = a + b - at
            if to not in first:
                first[to] = first[at] or (k, to)
                todo.append(to)
    return first


class Static:
    """What an ideal routing daemon does: the shortest way over the edges
    that are not cut, at the very moment."""
    name = "static"

    def __init__(self, ring):
        self.ring = ring
        self.set = {r: {} for r in ring.routers}        # {dst: (dev, via)}
        self.update()

    def update(self):
        ring = self.ring
        edges = [(k, e) for k, e in enumerate(ring.edges)
                 if k not in ring.cut]
        for i, r in enumerate(ring.routers):
            have, want = self.set[r], {}
            # The kernel forgets those of an interface that is down.
            for dst, (dev, _via) in list(have.items()):
                k = int(dev[1:])
                if k in ring.cut and ring.edges[k][0] == i:
                    del have[dst]
            for j, step in reached(len(ring.routers), edges, i).items():
                if step is None:
                    continue
                k, to = step
                host = 1 + (ring.edges[k][1] == to)
                a4, a6 = ring.addrs[ring.routers[j]]
                want[a4 + "/32"] = (f"e{k}", f"10.3.{k}.{host}")
                want[a6 + "/128"] = (f"e{k}", f"2001:db8:3:{k:x}::{host}")
            ring.kernel[r].set_routes(
                [(dst, None) for dst in have if dst not in want]
                + [(dst, way) for dst, way in want.items()
                   if have.get(dst) != way])
            self.set[r] = want


class Ring:
    def __init__(self, lab, routers, stations, igp, clients):
        """clients: the name of each station's DHCP client, in turn."""
        self.lab, self.igp_name = lab, igp
        self.routers = [f"r{i + 1}" for i in range(routers)]
        self.stations = [f"s{i + 1}" for i in range(stations)]
        self.addrs = {r: router_addrs(i + 1)
                      for i, r in enumerate(self.routers)}
        self.edges = edges_of(routers)
        self.cut, self.deaf = set(), {}         # edges; {edge: router}
        self.daemons, self.igps, self.clients = {}, {}, {}
        self.kinds = {s: clients[i % len(clients)]
                      for i, s in enumerate(self.stations)}
        self.leases = {}        # station: (address, its own in its prefix)
        self._spaces()
        self._links()
        self.air = Air(lab, self.routers, self.stations)
        self.kernel = {ns: Kernel(lab.ns_name(ns))
                       for ns in self.routers + self.stations}
        self.switch = {r: LinkSwitch(lab.ns_name(r)) for r in self.routers}
        self.static = Static(self) if igp == "static" else None
        if not self.static:
            for r in self.routers:
                self.start_igp(r)

    def _spaces(self):
        lab = self.lab
        lab.add_ns(*self.routers, *self.stations)
        for i, r in enumerate(self.routers):
            lab.sysctl(r, net__ipv4__ip_forward=1,
                       net__ipv6__conf__all__forwarding=1,
                       net__ipv4__conf__all__rp_filter=0,
                       net__ipv4__conf__default__rp_filter=0,
                       net__ipv6__conf__default__accept_dad=0,
                       net__ipv6__conf__default__keep_addr_on_down=1,
                       net__ipv4__conf__all__send_redirects=0,
                       net__ipv4__conf__default__send_redirects=0,
                       net__ipv4__icmp_ratelimit=0)
            lab.run("nft", "-f", os.path.join(ROOT, "etc", "sroamd.nft"),
                    ns=r)
            a4, a6 = self.addrs[r]
            lab.batch(r, f"addr add {a4}/32 dev lo\n"
                      f"addr add {a6}/128 dev lo\n"
                      f"link add roam0 address 02:00:00:00:01:{i + 1:02x} "
                      "type bridge mcast_snooping 0\nlink set roam0 up\n")
        for s in self.stations:
            lab.sysctl(s, net__ipv6__conf__all__forwarding=0,
                       net__ipv6__conf__default__accept_ra=2,
                       net__ipv6__conf__default__use_tempaddr=0)

    def _links(self):
        ends = {r: "" for r in self.routers}
        for k, edge in enumerate(self.edges):
            for host, i in enumerate(edge, 1):
                ends[self.routers[i]] += (
                    f"link set e{k} up\naddr add 10.3.{k}.{host}/30 dev e{k}\n"
                    f"addr add 2001:db8:3:{k:x}::{host}/64 dev e{k}\n")
        self.lab.veths([(self.routers[a], f"e{k}", self.routers[b], f"e{k}",
                         None, None) for k, (a, b) in enumerate(self.edges)])
        for r, lines in ends.items():
            self.lab.batch(r, lines)

    # Routes between routers

    def links(self, router):
        i = self.routers.index(router)
        return [f"e{k}" for k, e in enumerate(self.edges) if i in e]

    def start_igp(self, router):
        a4, a6 = self.addrs[router]
        self.igps[router] = Babeld(self.lab, router, self.links(router),
                                   [a4 + "/32", a6 + "/128"], stations=False)

    def other_end(self, router, dev):
        """The router that a link leads to."""
        a, b = (self.routers[i] for i in self.edges[int(dev[1:])])
        return b if router == a else a

    def ways(self, router):
        """{other router: {version: (dev, via)}} by the kernel's main
        table."""
        out = {r: {} for r in self.routers if r != router}
        for version in (4, 6):
            routes = {x["dst"].split("/")[0]: (x["dev"], x["via"])
                      for x in sorted(self.kernel[router].routes(
                          version, 254), key=lambda x: -x["metric"])}
            for r, ways in out.items():
                ways[version] = routes.get(self.addrs[r][version == 6])
        return out

    # Links

    def cut_edge(self, k, on=True):
        self.cut.add(k) if on else self.cut.discard(k)
        self.switch[self.routers[self.edges[k][0]]].apply(
            LinkSwitch.up(f"e{k}", not on))
        if self.static:
            self.static.update()

    def deafen(self, k, router, on=True):
        """One end reads and sends nothing, without any notice."""
        self.lab.deaf(router, f"e{k}", on)
        if on:
            self.deaf[k] = router
        else:
            del self.deaf[k]

    # Daemons

    def configure(self, ca):
        for i, r in enumerate(self.routers):
            peers = [self.addrs[self.routers[b]][0]
                     for a, b in self.edges if a == i]
            conf = daemon.Conf(self.lab, r, self.addrs[r], peers,
                               tls=ca.statement(r, self.addrs[r][0]))
            self.daemons[r] = daemon.Sroamd(self.lab, conf)

    def start(self):
        self.configure(CA(self.lab, "ca"))
        for d in self.daemons.values():
            d.start(wait=False)
        for d in self.daemons.values():
            d.wait_up()

    def degree(self, router):
        i = self.routers.index(router)
        return sum(i in e for e in self.edges)

    def sessions(self, router):
        return sum(p["state"] == "up"
                   for p in self.daemons[router].show("peers"))

    # Stations

    def mac(self, station):
        return self.air.mac[station]

    def usable(self, station):
        """The usable addresses of global scope, IPv4 first."""
        return sorted((a.split("/")[0] for a, ok in
                       self.kernel[station].addresses("eth0") if ok),
                      key=lambda a: ":" in a)

    def join(self, station, router):
        self.air.move(station, router)
        self.clients[station] = CLIENTS[self.kinds[station]](self.lab,
                                                             station)

    def wait_joined(self, station, timeout=30):
        def ready():
            got = self.usable(station)
            return len(got) == 2 and ":" in got[1] and got
        self.leases[station] = tuple(self.lab.wait(
            ready, f"{station}: addresses", timeout, 0.1))

    def prefixes(self, station):
        """What must be leased to it."""
        a4, a6 = self.leases[station]
        return {a4 + "/32", prefix_of(a6)}

    def show(self, what):
        """{router: the records of `sroamctl -j show what`, or the reason why
        there are none}"""
        out = {}
        for r, d in self.daemons.items():
            done = d.ctl_raw("-j", "show", what)
            out[r] = next(iter(json.loads(done.stdout).values())) \
                if done.returncode == 0 else (done.stderr or "?").strip()
        return out


def prefix_of(addr):
    """The /64 of an IPv6 address."""
    return str(ipaddress.ip_network(addr + "/64", strict=False))
