# SPDX-License-Identifier: ISC
"""etc/sroamd.nft: what hostapd hears of access points, and not of stations."""

import os
import re
import socket
import struct

import pytest

from lab import frames, netns
from lab.igp import ROOT, snippet

FILE = os.path.join(ROOT, "etc", "sroamd.nft")
TYPES = (0x890d, 0x88b7, 0x88c7)
LAST = 0x88b5       # local experiments: nobody's business
STATION, PORT = "02:00:00:00:00:07", "02:00:00:00:01:01"
EVERY = "ff:ff:ff:ff:ff:ff"


class Ap:
    """wlan0, with a station behind it, by itself or a port of roam0."""

    def __init__(self, lab):
        self.lab, self.ears = lab, {}
        lab.add_ns("ap", "sta")
        lab.veth("sta", "eth0", "ap", "wlan0", STATION, PORT)
        lab.batch("ap", "link add roam0 type bridge forward_delay 0\n"
                  "link set roam0 up\nlink set wlan0 up\n")
        lab.ip("sta", "link", "set", "eth0", "up")
        self.radio = netns.PacketSocket(lab.ns_name("sta"), "eth0")
        lab.closers.append(self.radio.close)

    def rules(self, text):
        self.lab.run("nft", "-f", "-", ns="ap", input=text)

    def listen(self, ifname):
        """As hostapd does, on one interface for one type each."""
        with netns.inside(self.lab.ns_name("ap")):
            for kind in TYPES + (LAST,):
                ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
                ear.bind((ifname, kind))
                ear.setblocking(False)
                self.ears[kind] = ear
                self.lab.closers.append(ear.close)

    def heard(self, tag=b""):
        """The types of the station's frames that arrive."""
        own = self.lab.ip_json("ap", "link", "show", "roam0")[0]["address"]
        for kind in TYPES:
            while self.hears(kind):
                pass        # what came before
        for kind, dst in [(kind, dst) for kind in TYPES
                          for dst in (EVERY, PORT, own)] + [(LAST, EVERY)]:
            self.radio.send(frames.mac(dst) + frames.mac(STATION) + tag
                            + struct.pack("!H", kind) + bytes(46))
        self.lab.wait(lambda: self.hears(LAST), "the last frame", 5)
        return {kind for kind in TYPES if self.hears(kind)}

    def hears(self, kind):
        try:
            return self.ears[kind].recv(1500)
        except BlockingIOError:
            return None


@pytest.fixture
def ap(lab):
    return Ap(lab)


def in_bridge(ap):
    ap.lab.ip("ap", "link", "set", "wlan0", "master", "roam0")
    ap.lab.wait(lambda: "state forwarding" in ap.lab.run(
        "bridge", "link", ns="ap"), "the port forwards", 5)
    ap.listen("roam0")


def without_bridge():
    """The file as its operator writes it for wlan0 alone."""
    text, lines = re.match(r"(?s)(.*\n)(# table netdev.*)",
                           snippet("sroamd.nft")).groups()
    return text + re.sub(r"^# ?", "", lines, flags=re.M)


# Without a tag, and with one that has nothing but a priority.
@pytest.mark.parametrize("tag", [b"", b"\x81\0\xe0\0"],
                         ids=["plain", "priority"])
def test_a_station_in_the_bridge_cannot_speak_to_hostapd(ap, tag):
    in_bridge(ap)
    assert ap.heard(tag) == set(TYPES)
    ap.rules(snippet("sroamd.nft"))
    assert ap.heard(tag) == set()


@pytest.mark.parametrize("tag", [b"", b"\x81\0\xe0\0"],
                         ids=["plain", "priority"])
def test_nor_one_at_an_access_point_by_itself(ap, tag):
    """By the lines that are comments in the file."""
    ap.listen("wlan0")
    ap.rules(snippet("sroamd.nft"))
    ap.rules(without_bridge())
    assert ap.heard(tag) == set()


def test_another_access_point_in_the_bridge_is_heard(ap):
    in_bridge(ap)
    ap.rules(snippet("sroamd.nft").replace(
        "type ifname\n", 'type ifname\nelements = { "wlan0" }\n', 1))
    assert ap.heard() == set(TYPES)


def test_loaded_again_the_rules_are_the_same(ap):
    def rules():
        ap.lab.run("nft", "-f", FILE, ns="ap")
        return ap.lab.run("nft", "list", "ruleset", ns="ap")
    first = rules()
    assert "nd-redirect" in first and first == rules()
