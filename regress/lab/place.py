# SPDX-License-Identifier: ISC
"""Two daemons, and at a third router the one that was written from the page:
what it does, and what a member can do."""

from . import LabError, LabTimeout, Network, v2
from .ca import CA
from .fixtures import opened
from .peer2_node import Certificates, Node, Secret
from .peer2_table import Datum

CORE, OURS = "10.1.2.1", "10.1.2.2"     # the link of core and r2
PEER1, CORE1 = "10.1.1.2", "10.1.1.1"   # that of core and r1
SEED = bytes(range(32))
SECRET = "correct horse battery staple"
STRANGER = "02:00:00:00:ee:01"


class Place:
    """A network, in which a Node is made at r2."""

    def __init__(self, lab, how):
        self.lab, self.how = lab, how
        self.net = Network(lab, routers=2, stations=1, igp=None)
        self.ca = CA(lab, "ca") if how == "certificates" else None
        self.net.start("core", peers=[], tls=self._tls(
            "core", CORE, [f"IP:{CORE1}"]))
        self.net.start("r1", peers=[CORE1], tls=self._tls("r1", PEER1))
        self.net.wait_peers()
        self.core, self.r1 = (self.net.daemons[x] for x in ("core", "r1"))
        self.nodes = []

    def _tls(self, router, addr, more=()):
        if self.ca:
            return self.ca.statement(router, addr, san=more)
        return [f'tls psk "{SECRET}"'] if self.how == "psk" else []

    def _node_tls(self, seed):
        if self.ca:
            path = self._tls("r2" + seed.hex()[:8], OURS)[0].split('"')
            return Certificates(path[1], path[3], path[5])
        if self.how == "psk":
            return Secret(SECRET, v2.Identity(seed).id)
        return None

    def node(self, seed=SEED, data=(), ns="r2", **kw):
        """One that connects to core, unless it listens."""
        kw.setdefault("connect", [] if "listen" in kw else [(CORE, 4444)])
        n = Node(self.lab, ns, seed, tls=self._node_tls(seed),
                 addrs4=[OURS], **kw)
        for key, value, seqno in data:
            now = n.router.clock()
            n.router.store(Datum(key, value, seqno, now + 1000, now))
        self.nodes.append(n)
        return n.start()

    def wait(self, cond, what, timeout=15):
        return self.lab.wait(cond, what, timeout, 0.05)

    def up(self, node):
        try:
            self.wait(lambda: node.up() >= 1, "a session")
        except LabTimeout as err:
            raise LabError(f"{err}; {node.ended}, {node.router.counts}")
        return node

    def at(self, daemon, mac):
        station = daemon.station(mac)
        return station["router_id"] if station else None


def opened_place(how):
    for lab in opened():
        yield Place(lab, how)
