# SPDX-License-Identifier: ISC
"""A corpus of malformed messages, each followed by a client that must be
served within a second."""

import select
import socket
import time

import pytest

from lab import frames, netns
from lab.corpus import PROTOCOLS
from lab.daemon import Conf, Sroamd

EVIL = "02:00:00:00:00:66"
ETH_P_ALL = 3


class Wire:
    """A port of the router's bridge, with a station or many behind it."""

    def __init__(self, lab, name):
        lab.add_ns(name)
        lab.veth("r1", "p-" + name, name, "eth0")
        lab.batch("r1", f"link set p-{name} master roam0\n"
                  f"link set p-{name} up\n")
        lab.sysctl(name, net__ipv6__conf__eth0__disable_ipv6=1)
        lab.ip(name, "link", "set", "eth0", "up")
        with netns.inside(lab.ns_name(name)):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(ETH_P_ALL))
            self.sock.bind(("eth0", ETH_P_ALL))
        lab.closers.append(self.sock.close)

    def send(self, frame):
        try:
            self.sock.send(frame)
        except OSError:         # shorter than an Ethernet header
            pass

    def offered(self, mac, xid, timeout=1.0):
        """Whether there is an OFFER, or an ACK, for this question."""
        end = time.monotonic() + timeout
        while select.select([self.sock], [], [],
                            max(0, end - time.monotonic()))[0]:
            frame = self.sock.recv(2048)
            if (frame[:6] == frames.mac(mac) and frame[23:24] == b"\x11"
                    and frame[34:38] == b"\0\x43\0\x44"
                    and frame[42] == 2 and frame[46:50] == xid):
                return True
        return False


class Clients:
    """One after the other, as each may ask so often only."""

    def __init__(self, wire):
        self.wire, self.number = wire, 0

    def served(self):
        self.number += 1
        mac = f"06:00:00:00:{self.number >> 12:02x}:" \
            f"{self.number >> 4 & 255:02x}"
        message = frames.bootp(mac, b"\x35\1\1\xff", xid=self.number)
        self.wire.send(frames.ipv4_udp(mac, message, 68, 67))
        return self.wire.offered(mac, self.number.to_bytes(4, "big"))


@pytest.fixture(scope="module")
def router(module_lab):
    lab = module_lab
    lab.add_ns("r1")
    lab.sysctl("r1", net__ipv4__ip_forward=1,
               net__ipv6__conf__all__forwarding=1)
    lab.batch("r1", "link add roam0 type bridge mcast_snooping 0\n"
              "link set roam0 up\n")
    evil, good = Wire(lab, "evil"), Wire(lab, "good")
    d = Sroamd(lab, Conf(lab, "r1", extra=["dhcp6 delegate"],
                         iface_extra=["netmask 24"]))
    d.start()
    d.evil, d.clients = evil, Clients(good)
    lab.wait(d.clients.served, "the first client", 10)
    return d


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_client_is_served_after_every_input(router, protocol):
    d = router
    before, pids = d.show("interfaces")[0], d.processes()
    corpus = PROTOCOLS[protocol](EVIL)
    assert len(corpus) > 150
    for name, frame in corpus.items():
        d.evil.send(frame)
        assert d.clients.served(), f"after {protocol}: {name}"
    after = d.show("interfaces")[0]
    assert after["malformed"] - before["malformed"] > len(corpus) // 5
    assert d.processes() == pids
    # Nothing of it was believed.
    for lease in d.show("leases"):
        assert lease["mac"] == EVIL or lease["mac"].startswith("06:"), lease
        assert lease["prefix"] not in (
            "192.168.44.0/32", "192.168.44.1/32", "192.168.44.255/32")
