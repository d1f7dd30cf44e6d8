# SPDX-License-Identifier: ISC
"""Routers that only flood, joined by links that can be cut: a chain, a ring, a
star.  A router is sroamd or a V1Peer; each edge's first end connects.

    edge k:  a 10.3.k.1 -- 10.3.k.2 b
"""

import socket
import threading
import time

from . import daemon, netns
from .v1peer import V1Peer

SHAPES = {
    "chain": lambda n: [(i, i + 1) for i in range(n - 1)],
    "ring": lambda n: [(i, (i + 1) % n) for i in range(n)],
    "star": lambda n: [(i, 0) for i in range(1, n)],
}


class FloodNet:
    def __init__(self, lab, shape, n, tag="f"):
        self.lab, self.tag = lab, tag
        self.names = [f"{tag}{i + 1}" for i in range(n)]
        self.edges = SHAPES[shape](n)
        self.nodes = {}         # name: Sroamd or V1Peer
        self.proxies = {}       # edge: Proxy
        self.serving = set()
        lab.add_ns(*self.names)
        for k, (a, b) in enumerate(self.edges):
            self._link(k, self.names[a], self.names[b])

    def _link(self, k, a, b):
        self.lab.veth(a, f"e{k}", b, f"e{k}")
        for ns, host in ((a, 1), (b, 2)):
            self.lab.batch(ns, f"link set e{k} up\n"
                           f"addr add 10.3.{k}.{host}/30 dev e{k}\n")

    def peers_of(self, i):
        """(address, port) of those that router i connects to."""
        return [("10.3.%d.2" % k, daemon.PORT + 1
                 if k in self.proxies else daemon.PORT)
                for k, (a, _b) in enumerate(self.edges) if a == i]

    def degree(self, i):
        return sum(i in edge for edge in self.edges)

    def delay(self, k, seconds):
        """Whatever goes over an edge arrives later."""
        self.proxies[k] = Proxy(self.lab, self.names[self.edges[k][1]],
                                daemon.PORT + 1, "127.0.0.1", daemon.PORT,
                                seconds)

    def serve(self, i):
        """Router i has stations, in a namespace of their own, on roam0."""
        ns = self.names[i]
        self.lab.add_ns(ns + "s")
        self.lab.sysctl(ns, net__ipv6__conf__default__accept_dad=0)
        self.lab.veth(ns, "roam0", ns + "s", "eth0")
        self.lab.batch(ns, "link set roam0 up")
        self.lab.batch(ns + "s", "link set eth0 up")
        self.serving.add(i)

    def start(self, v1=(), v1_quirks=None, **conf):
        for i, name in enumerate(self.names):
            if i in v1:
                self.nodes[name] = V1Peer(
                    self.lab, name, connect=self.peers_of(i),
                    **(v1_quirks or {})).start()
                continue
            c = daemon.Conf(self.lab, name,
                            peers=[f"{a} port {p}"
                                   for a, p in self.peers_of(i)],
                            **dict({"iface": "roam0", "stations": "packets",
                                    "lladdr": None} if i in self.serving
                                   else {"iface": None}, **conf))
            self.nodes[name] = daemon.Sroamd(self.lab, c)
            self.nodes[name].start(wait=False)
        for d in self.daemons():
            d.wait_up()

    def daemons(self):
        return [d for d in self.nodes.values()
                if isinstance(d, daemon.Sroamd)]

    def v1_peers(self):
        return [p for p in self.nodes.values() if isinstance(p, V1Peer)]

    def sessions(self, node):
        if isinstance(node, V1Peer):
            return node.up()
        return sum(p["state"] == "up" for p in node.show("peers"))

    def wait_up(self, timeout=20):
        for i, name in enumerate(self.names):
            self.lab.wait(lambda i=i, name=name: self.sessions(
                self.nodes[name]) >= self.degree(i),
                f"{name}: sessions", timeout, 0.05)

    # Harm

    def cut(self, k):
        self.lab.ip(self.names[self.edges[k][0]], "link", "set", f"e{k}",
                    "down")

    def heal(self, k):
        self.lab.ip(self.names[self.edges[k][0]], "link", "set", f"e{k}", "up")

    def drop(self, k, on):
        self.lab.deaf(self.names[self.edges[k][1]], f"e{k}", on)

    # What they know

    @staticmethod
    def view(node):
        """What must be the same everywhere: what is leased to whom, and who
        is where."""
        if isinstance(node, V1Peer):
            table = node.live()
            return ({(socket.inet_ntoa(k[1:]), v[1].hex(":"))
                     for k, v in table.items() if k[0] == 0},
                    {(k[1:].hex(":"), v[1].hex(":"))
                     for k, v in table.items() if k[0] == 2 and v[1]})
        return ({(x["prefix"].split("/")[0], x["mac"])
                 for x in node.show("leases")
                 if x["state"] == "valid" and ":" not in x["prefix"]},
                {(s["mac"], s["router_id"]) for s in node.show("stations")
                 if s["router_id"]})

    def views(self):
        return [self.view(n) for n in self.nodes.values()]

    def wait_equal(self, timeout=20, also=lambda view: True):
        """All tables are equal; the one they hold."""
        def equal():
            views = self.views()
            return views[0] if all(v == views[0] for v in views[1:]) \
                and also(views[0]) else None
        return self.lab.wait(equal, "the tables are equal", timeout, 0.1)


class Proxy:
    """A TCP relay inside a namespace that holds everything back, and counts
    it; while it is cut nobody gets through."""

    def __init__(self, lab, ns, port, addr, to_port, seconds):
        self.seconds, self.to = seconds, (addr, to_port)
        self.ns = lab.ns_name(ns)
        self.closed, self.is_cut, self.octets = False, False, 0
        self.socks = []
        self.listener = self._socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("0.0.0.0", port))
        self.listener.listen(4)
        lab.closers.append(self.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def _socket(self):
        with netns.inside(self.ns):
            sock = socket.socket()
        return sock

    def _accept(self):
        while not self.closed:
            try:
                one, _addr = self.listener.accept()
                if self.is_cut:
                    one.close()
                    continue
                two = self._socket()
                two.connect(self.to)
            except OSError:
                continue
            for sock in (one, two):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socks += [one, two]
            for a, b in ((one, two), (two, one)):
                threading.Thread(target=self._copy, args=(a, b),
                                 daemon=True).start()

    def _copy(self, a, b):
        try:
            while True:
                data = a.recv(65536)
                if self.seconds:
                    time.sleep(self.seconds)
                if not data:
                    break
                self.octets += len(data)
                b.sendall(data)
        except OSError:
            pass
        for sock in (a, b):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        self.is_cut = True
        for sock in self.socks:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def heal(self):
        self.is_cut, self.octets = False, 0

    def close(self):
        self.closed = True
        for sock in [self.listener] + self.socks:
            sock.close()


class Traffic:
    """Routers of nobody: sessions to some nodes that claim stations, which
    wander between two of them, all the time."""

    def __init__(self, lab, ns_addrs, rate=50, stations=40):
        self.peers = [V1Peer(lab, ns, connect=[(addr, daemon.PORT)],
                             listen=False).start() for ns, addr in ns_addrs]
        self.ids = [bytes([0xaa, 0, 0, 0, 0, 0, 0, i + 1])
                    for i in range(len(self.peers))]
        self.rate, self.stations, self.running = rate, stations, True
        self.claims, self.last = 0, {}
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    @staticmethod
    def mac(i):
        return f"02:00:00:aa:{i // 256:02x}:{i % 256:02x}"

    def _run(self):
        while self.running:
            i = self.claims % self.stations
            who = (self.claims // self.stations + i) % len(self.peers)
            mac = self.mac(i)
            peer = self.peers[who]
            if self.claims < self.stations:
                peer.lease4(f"192.168.44.{i + 10}", mac)
            peer.claim(mac, self.ids[who])
            self.last[mac] = self.ids[who].hex(":")
            self.claims += 1
            time.sleep(1 / self.rate)

    def stop(self):
        """No more claims; the sessions stay until close()."""
        self.running = False
        self.thread.join(5)

    def close(self):
        for p in self.peers:
            p.die()
