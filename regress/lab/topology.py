# SPDX-License-Identifier: ISC
"""The network of the demo and of most tests:

                 server 10.9.0.2  2001:db8:9::2
                   |
                 core  10.0.0.100   a router; floods, has no stations
               /   |   \\
             r1    r2    r3         10.0.0.1 ...; roam0: 192.168.44.1 fe80::44
              :    :    :
             station links of air.py: each station at one router at a time
"""

import json
import os

from . import daemon
from .air import Air
from .clients import CLIENTS
from .igp import IGPS, ROOT

SERVER4, SERVER6 = "10.9.0.2", "2001:db8:9::2"


def router_addrs(number):
    return [f"10.0.0.{number}", f"2001:db8:0:{number}::1"]


class Network:
    router_name, station_name = "r{}", "sta{}"
    station_if = "eth0"
    router_addrs = staticmethod(router_addrs)
    link4 = "10.1.{}"           # the links from core to routers

    def __init__(self, lab, routers=3, stations=2, igp="babeld",
                 shared_mac=True):
        self.lab, self.igp_name = lab, igp
        self.routers = [self.router_name.format(i + 1)
                        for i in range(routers)]
        self.stations = [self.station_name.format(i + 1)
                         for i in range(stations)]
        self.addrs = {r: self.router_addrs(i + 1)
                      for i, r in enumerate(self.routers)}
        self.addrs["core"] = self.router_addrs(100)
        self.daemons, self.clients, self.igps = {}, {}, {}
        self.shared_mac = shared_mac
        self._links()
        self.air = self.links_of_stations()
        if igp:
            self._igp()

    def links_of_stations(self):
        return Air(self.lab, self.routers, self.stations)

    def _links(self):
        lab = self.lab
        lab.add_ns("server", "core", *self.routers, *self.stations)
        for ns in ["core"] + self.routers:
            lab.sysctl(ns, net__ipv4__ip_forward=1,
                       net__ipv6__conf__all__forwarding=1,
                       net__ipv4__conf__all__rp_filter=0,
                       net__ipv4__conf__default__rp_filter=0,
                       net__ipv6__conf__default__accept_dad=0,
                       net__ipv4__conf__all__send_redirects=0,
                       net__ipv4__conf__default__send_redirects=0)
            lab.run("nft", "-f", os.path.join(ROOT, "etc", "sroamd.nft"),
                    ns=ns)
            a4, a6 = self.addrs[ns]
            lab.batch(ns, f"addr add {a4}/32 dev lo\naddr add {a6}/128 dev lo")
        for ns in self.stations:
            lab.sysctl(ns, net__ipv6__conf__all__forwarding=0,
                       net__ipv6__conf__default__accept_ra=2,
                       net__ipv6__conf__default__use_tempaddr=0)
        lab.sysctl("server", net__ipv6__conf__default__accept_dad=0)
        lab.veth("core", "server", "server", "eth0")
        lab.batch("core", "link set server up\n"
                  "addr add 10.9.0.1/24 dev server\n"
                  "addr add 2001:db8:9::1/64 dev server\n")
        lab.batch("server", "link set eth0 up\n"
                  "addr add 10.9.0.2/24 dev eth0\n"
                  "addr add 2001:db8:9::2/64 dev eth0\n"
                  "route add default via 10.9.0.1\n"
                  "route add default via 2001:db8:9::1\n")
        for i, r in enumerate(self.routers, 1):
            lab.veth("core", r, r, "core")
            net = self.link4.format(i)
            lab.batch("core", f"link set {r} up\n"
                      f"addr add {net}.1/30 dev {r}\n")
            mac = f"02:00:00:00:01:{i:02x}"
            lab.batch(r, f"link set core up\naddr add {net}.2/30 dev core\n"
                      f"link add roam0 address {mac} type bridge "
                      "mcast_snooping 0\n"
                      "link set roam0 up\n")

    def _igp(self):
        for ns in ["core"] + self.routers:
            self.start_igp(ns)

    def start_igp(self, ns, more_links=()):
        """(Re)start the routing daemon of a router."""
        if ns in self.igps:
            self.igps[ns].stop()
        everyone = ["core"] + self.routers
        links = self.routers if ns == "core" else ["core"]
        nets = [self.link4.format(i) + ".0/30" for i, r in enumerate(self.routers, 1)
                if ns in (r, "core")]
        if ns == "core":
            nets += ["10.9.0.0/24", "2001:db8:9::/64"]
        kw = {"router_id": f"10.255.0.{everyone.index(ns) + 1}"} \
            if self.igp_name != "babeld" else {}
        self.igps[ns] = IGPS[self.igp_name](
            self.lab, ns, links + list(more_links),
            [self.addrs[ns][0] + "/32", self.addrs[ns][1] + "/128"] + nets,
            **kw)

    def wait_igp(self, timeout=30):
        """Until every router knows every other, and the server, both ways."""
        def converged(ns):
            known = {v: {r["dst"].split("/")[0] for r in json.loads(
                self.lab.run("ip", "-j", v, "-n", self.lab.ns_name(ns),
                             "route", "show") or "[]")} for v in ("-4", "-6")}
            for other, (a4, a6) in self.addrs.items():
                if other != ns and (a4 not in known["-4"]
                                    or a6 not in known["-6"]):
                    return False
            return "10.9.0.0" in known["-4"] and "2001:db8:9::" in known["-6"]
        for ns in ["core"] + self.routers:
            self.lab.wait(lambda ns=ns: converged(ns), f"{ns}: routes",
                          timeout, 0.1)

    # Daemons

    def conf(self, ns, **kw):
        if ns == "core":
            return daemon.Conf(self.lab, ns, self.addrs[ns], iface=None, **kw)
        peers = kw.pop("peers", [self.addrs["core"][0]])
        kw.setdefault("lladdr", daemon.LLADDR if self.shared_mac else None)
        return daemon.Conf(self.lab, ns, self.addrs[ns], peers, **kw)

    def start(self, *names, **kw):
        """Start sroamd on these routers (default: all, core first)."""
        names = names or ["core"] + self.routers
        for ns in names:
            self.daemons[ns] = daemon.Sroamd(self.lab, self.conf(ns, **kw))
            self.daemons[ns].start(wait=False)
        for ns in names:
            self.daemons[ns].wait_up()

    def up(self, **kw):
        """All routers run and know each other."""
        self.wait_igp()
        self.start(**kw)
        self.wait_peers()
        return self

    def join(self, station, router, client="udhcpc"):
        """The addresses that the station gets there."""
        self.air.move(station, router)
        self.client(station, client)
        return self.wait_addresses(station)

    def wait_peers(self, timeout=15):
        for ns in self.routers:
            d = self.daemons.get(ns)
            if d:
                self.lab.wait(lambda d=d: d.peers_up(len(d.conf.peers)),
                              f"{ns}: sessions", timeout, 0.05)

    # Stations

    def client(self, station, kind, **kw):
        self.clients[station] = CLIENTS[kind](self.lab, station,
                                              self.station_if, **kw)
        return self.clients[station]

    def mac(self, station):
        return self.air.mac[station]

    def addresses(self, station):
        """(IPv4, IPv6) of global scope in use; None where there is none."""
        out = {"inet": None, "inet6": None}
        for link in self.lab.ip_json(station, "addr", "show", "dev",
                                     self.station_if):
            for a in link.get("addr_info", ()):
                if (a.get("scope") == "global" and not a.get("tentative")
                        and not a.get("dadfailed")):
                    out[a["family"]] = out[a["family"]] or a["local"]
        return out["inet"], out["inet6"]

    def default_routes(self, station):
        return all(
            json.loads(self.lab.run(
                "ip", "-j", v, "-n", self.lab.ns_name(station), "route",
                "show", "default") or "[]") for v in ("-4", "-6"))

    def wait_addresses(self, station, timeout=20):
        def ready():
            got = self.addresses(station)
            return all(got) and self.default_routes(station) and got
        return self.lab.wait(ready, f"{station}: addresses", timeout, 0.05)
