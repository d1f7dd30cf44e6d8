# SPDX-License-Identifier: ISC
"""Two links of equal cost between two routers, over a routing daemon that uses
both: so does a direct route, and loses only a leg when one of them goes."""

import select
import socket
import time

import pytest

from lab import Network, netns
from lab.fixtures import LONG

FLOWS, INTERVAL, PORT = 64, 0.001, 7300
LEGS = ("core", "core2")
# ms in which half of the packets may be lost: what the kernel takes to see
# that a carrier is gone, and what this machine adds.
GOES_MS = 500


class Packets:
    """Numbered UDP packets of many flows, of which each takes one leg."""

    def __init__(self, lab, src, dst):
        (self.a, self.a_ns), (self.b, b_ns) = src, dst
        self.lab, self.arrived, self.n = lab, set(), 0
        family = socket.AF_INET6 if ":" in self.a else socket.AF_INET
        with netns.inside(lab.ns_name(b_ns)):
            self.sink = socket.socket(family, socket.SOCK_DGRAM)
        self.sink.bind((self.b, PORT))
        self.sink.setblocking(False)
        self.socks = []
        for i in range(FLOWS):
            with netns.inside(lab.ns_name(self.a_ns)):
                sock = socket.socket(family, socket.SOCK_DGRAM)
            sock.bind((self.a, PORT + 1 + i))
            self.socks.append(sock)

    def take(self, wait=0.0):
        while select.select([self.sink], [], [], wait)[0]:
            self.arrived.add(int(self.sink.recv(64)))

    def send(self, seconds, at=None, do=None):
        """For so long; once, after `at` seconds, `do` something.  How many
        were sent, and lost."""
        first, begin = self.n, time.monotonic()
        while (now := time.monotonic() - begin) < seconds:
            if do is not None and now >= at:
                do, _ = None, do()
            try:
                self.socks[self.n % FLOWS].sendto(b"%d" % self.n,
                                                  (self.b, PORT))
            except OSError:
                pass            # what ICMP says of one that was lost
            self.n += 1
            self.take()
            time.sleep(INTERVAL)
        self.take(1)
        return self.n - first, len(set(range(first, self.n)) - self.arrived)

    def close(self):
        for sock in self.socks + [self.sink]:
            sock.close()


def sent_on(net):
    links = {link["ifname"]: link["stats64"]["tx"]["packets"]
             for link in net.lab.ip_json("r1", "-s", "link", "show")}
    return [links[leg] for leg in LEGS]


@pytest.fixture
def net(lab):
    net = Network(lab, routers=2, stations=2, igp="frr")
    lab.veth("core", "r1b", "r1", "core2")
    lab.batch("core", "link set r1b up\naddr add 10.1.11.1/30 dev r1b\n")
    lab.batch("r1", "link set core2 up\naddr add 10.1.11.2/30 dev core2\n")
    lab.sysctl("r1", net__ipv4__fib_multipath_hash_policy=1,
               net__ipv6__fib_multipath_hash_policy=1)
    net.start_igp("core", ["r1b"])
    net.start_igp("r1", ["core2"])
    net.up()
    net.addrs_of = {s: net.join(s, r) for s, r in (("sta1", "r1"),
                                                   ("sta2", "r2"))}
    for addr in net.addrs_of["sta2"]:
        lab.ping("sta1", addr, 30)
    return net


def legs(net):
    """How many each group of r1 has, of IPv4's and IPv6's routes to r2."""
    out = []
    for route in (net.addrs_of["sta2"][0], net.addrs_of["sta2"][1]):
        family = "-6" if ":" in route else "-4"
        got = net.lab.ip_json("r1", family, "route", "get", "fibmatch", route)
        out.append(len(got[0].get("nexthops", [1])))
    return out


@pytest.mark.parametrize("family", [pytest.param(0, marks=LONG), 1],
                         ids=["ipv4", "ipv6"])
def test_both_carry_and_one_may_go(net, family, record_property):
    lab = net.lab
    lab.wait(lambda: legs(net) == [2, 2], "two legs", 20, 0.1)
    packets = Packets(lab, (net.addrs_of["sta1"][family], "sta1"),
                      (net.addrs_of["sta2"][family], "sta2"))
    try:
        before = sent_on(net)
        sent, lost = packets.send(1)
        each = [b - a for a, b in zip(before, sent_on(net))]
        print(f"sent {sent}, lost {lost}, by leg {each}")
        assert lost == 0
        assert min(each) > sent // 8
        # One end's link goes down, as when the cable is pulled: the other end
        # has no carrier.  The rest of the flows never notice.
        sent, lost = packets.send(3, 1, lambda: lab.ip(
            "core", "link", "set", "r1b", "down"))
        print(f"a leg goes: sent {sent}, lost {lost}")
        record_property("lost when a leg goes", f"{lost} of {sent}")
        assert lost <= sent / 3000 * GOES_MS
        lab.wait(lambda: legs(net) == [1, 1], "one leg", 20, 0.1)
        before = sent_on(net)
        sent, lost = packets.send(1)
        each = [b - a for a, b in zip(before, sent_on(net))]
        assert lost == 0 and each[1] < sent // 8, each
        # When it is used again is up to the routing daemon.
        sent, lost = packets.send(3, 0.5, lambda: lab.ip(
            "core", "link", "set", "r1b", "up"))
        print(f"it comes back: sent {sent}, lost {lost}")
        record_property("lost when it comes back", f"{lost} of {sent}")
        assert lost <= sent / 3000 * GOES_MS
    finally:
        packets.close()
