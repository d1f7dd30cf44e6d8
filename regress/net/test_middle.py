# SPDX-License-Identifier: ISC
"""What a router in the middle makes of data of networks that it does not have:
nothing.  It is one written from sroam-flood(7) before there were any, one of
this tree without the blocks, and, where SROAMD_WIRE2 names the program, the
daemon of the day when the wire was frozen.  At each end a router that was
written from the page hears all that is said there."""

import os

import pytest

from lab import Network, Sroamd, v2
from lab.daemon import PORT
from lab.fixtures import opened
from lab.peer2_node import Node, Secret

SECRET = "correct horse battery staple"
TLS = [f'tls psk "{SECRET}"']
MIDDLE = bytes([7] * 32)
WIRE2 = os.environ.get("SROAMD_WIRE2")
GUEST = "guest"
BLOCK = f"""network {GUEST} {{
	prefix {{ 10.45.0.0/24, 2001:db8:45::/48 }}
	interface roamg {{
		stations bridge
		lladdr 02:00:5e:00:53:45
		address 10.45.0.1/32
		address fe80::44/64
	}}
}}"""


def node(lab, ns, seed, **kw):
    n = Node(lab, ns, seed, tls=Secret(SECRET, v2.Identity(seed).id), **kw)
    return n.start()


class Middle:
    """r1 and r2, each with an ear, and what is between them, in core."""

    def __init__(self, lab, kind):
        self.lab, self.kind = lab, kind
        self.node = self.core = None
        self.net = Network(lab, routers=2, stations=2, igp=None)
        for r in self.net.routers:
            lab.batch(r, "link add roamg type bridge mcast_snooping 0\n"
                      "link set roamg up\nlink set p-sta1 master roamg\n")
        self.start()
        for n, r in enumerate(self.net.routers, 1):
            self.net.start(r, peers=[f"10.1.{n}.1"], extra=[BLOCK], tls=TLS)
        self.net.wait_peers()
        self.ears = [node(lab, r, bytes([n] * 32), name="ear-" + r,
                          connect=[("127.0.0.1", PORT)])
                     for n, r in enumerate(self.net.routers, 1)]
        for ear in self.ears:
            self.wait(lambda ear=ear: ear.up() == 1, "an ear")

    def start(self):
        if self.kind == "page":
            self.node = node(self.lab, "core", MIDDLE, listen="0.0.0.0")
            return
        if self.core is None:
            self.core = Sroamd(self.lab, self.net.conf("core", tls=TLS))
        if self.kind == "wire-2":
            self.core.program = WIRE2
        self.core.start(wait=False)

    def stop(self):
        if self.node is not None:
            self.node.die()
        else:
            self.core.stop()

    def wait(self, cond, what, timeout=40):
        return self.lab.wait(cond, what, timeout, 0.1)

    def data(self, ear):
        """(seqno, value) by key: of networks, and what routers say."""
        with ear.lock:
            now = ear.router.clock()
            return {key: (d.seqno, d.value)
                    for key, d in ear.router.table.live(now).items()
                    if key[0] in (16, v2.ROUTER)}

    def same(self):
        """What both ends have, if that is the same."""
        one, two = (self.data(ear) for ear in self.ears)
        return one if one == two else None

    def of_guest(self, plain):
        return bytes([16, len(GUEST)]) + GUEST.encode() + plain

    def place(self, station):
        """Where both ends say that a guest is, or None."""
        data = self.same() or {}
        return data.get(self.of_guest(v2.location(self.net.mac(station))),
                        (0, None))[1]

    def ident(self, router):
        return v2.mac_octets(
            self.net.daemons[router].show("status")["router_id"])


@pytest.fixture(scope="module", params=[
    "page", "block-less", pytest.param("wire-2", marks=pytest.mark.skipif(
        not WIRE2, reason="SROAMD_WIRE2 names no daemon"))])
def middle(request):
    for lab in opened():
        yield Middle(lab, request.param)


def test_what_is_of_a_network_is_the_same_at_both_ends(middle):
    addrs = middle.net.join("sta1", "r1", "udhcpc")
    middle.net.join("sta2", "r2", "udhcpc")
    assert addrs[0].startswith("10.45.0.")
    middle.wait(lambda: middle.place("sta1") == middle.ident("r1"),
                "where the guest is")
    data, mac = middle.same(), v2.mac_octets(middle.net.mac("sta1"))
    assert data[middle.of_guest(v2.lease4(addrs[0]))][1] == mac
    assert data[middle.of_guest(v2.lease6(addrs[1]))][1] == mac
    for r in middle.net.routers:
        key = v2.router(middle.ident(r))
        seqno, value = data[key]
        assert v2.router_is_signed(key, seqno, value,
                                   v2.router_fields(value))


def test_it_roams_over_the_middle(middle):
    for n in range(3):
        r = middle.net.routers[(n + 1) % 2]
        middle.net.air.move("sta1", r)
        middle.wait(lambda r=r: middle.place("sta1") == middle.ident(r),
                    f"it is at {r}")


@pytest.mark.parametrize("roams", [False, True])
def test_the_middle_starts_anew_and_knows_what_the_ends_know(middle, roams):
    before = middle.same()
    middle.stop()
    if roams:
        middle.net.air.move("sta1", "r1")
        middle.lab.wait(lambda: middle.data(middle.ears[0]).get(
            middle.of_guest(v2.location(middle.net.mac("sta1"))),
            (0, None))[1] == middle.ident("r1"), "it is at r1", 20)
    middle.start()
    middle.net.wait_peers(30)
    middle.wait(lambda: middle.place("sta1") == middle.ident(
        "r1" if roams else "r2"), "where the guest is")
    after = middle.wait(middle.same, "both ends have the same")
    if not roams:
        assert {k: v for k, v in before.items() if k[0] == 16}.items() <= \
            after.items()
