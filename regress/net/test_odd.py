# SPDX-License-Identifier: ISC
"""What old and odd devices send by DHCP, from reports of their owners: each
row is a station of its own."""

import itertools

import pytest

from lab import Network, frames
from lab.hand import (ACK, BROADCAST, DISCOVER, GATEWAY, GATEWAY_MAC, INFORM,
                      NAK, OFFER, RELEASE, REQUEST, Hand, opt)

GONE = "192.168.1.1"            # a server
PLC, SIX = "02:00:00:02:00:60", "02:00:00:02:00:61"     # hosts
macs = map("02:00:00:01:00:{:02x}".format, itertools.count(1))


@pytest.fixture(scope="module")
def net(module_lab):
    net = Network(module_lab, routers=2, stations=1, igp=None)
    net.start(*net.routers, extra=[
        "domain name example.net", "limit leases 1000", "lease time 10s",
        f"host plc lladdr {PLC} address 192.168.44.60",
        f"host six lladdr {SIX} prefix 2001:db8:44:60::/64"])
    net.air.move("sta1", "r1")
    return net


@pytest.fixture
def hand(net):
    return Hand(net, "sta1", next(macs))


OPTIONS = {
    "empty host name": opt(12),
    "client id of one octet": opt(61, b"\1"),
    "empty client id": opt(61),
    "maximum size 0": opt(57, b"\0\0"),
    "maximum size 300": opt(57, b"\1\x2c"),
    "host name with NUL and UTF-8": opt(12, b"K\xc3\xbcche\0"),
    "vendor class of 255 octets": opt(60, b"x" * 255),
    "user class without lengths": opt(77, b"iPXE"),
    "lease time for ever": opt(51, b"\xff" * 4),
    "requested 0.0.0.0": opt(50, "0.0.0.0"),
    "requested 255.255.255.255": opt(50, "255.255.255.255"),
    "parameter list of zeroes": opt(55, bytes(20)),
    "name (81)": opt(81, b"\0\0\0pc"),
    "empty parameter list": opt(55),
    "overload 0": opt(52, b"\0")}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_odd_options_are_no_reason_for_silence(hand, options):
    assert hand.dhcp(DISCOVER, options)["type"] == OFFER


def test_who_lists_nothing_gets_what_all_need(hand):
    offer = hand.dhcp(DISCOVER)
    assert {1, 3, 6, 15, 51, 54} <= set(offer["options"])


# Where a DISCOVER comes from and goes to; whether it is one to all.
ENDS = {
    "to the broadcast address of the prefix":
        ({"daddr": "192.168.44.255"}, True),
    "to that of another": ({"daddr": "10.255.255.255"}, True),
    "from a link-local address": ({"saddr": "169.254.7.9"}, True),
    "from another network": ({"saddr": "10.0.0.5"}, True),
    "to the gateway": ({"daddr": GATEWAY, "dst": GATEWAY_MAC}, True),
    "to another server, routed":
        ({"daddr": GONE, "dst": GATEWAY_MAC, "saddr": "10.0.0.5"}, False),
    "to the broadcast address, routed":
        ({"daddr": "192.168.44.255", "dst": GATEWAY_MAC}, False)}


@pytest.mark.parametrize("ends, answered", ENDS.values(), ids=ENDS)
def test_what_is_sent_to_all_is_answered(net, hand, ends, answered):
    before = net.daemons["r1"].show("interfaces")[0]["not_for_us"]
    offer = hand.dhcp(DISCOVER, wait=2 if answered else 0.5, **ends)
    assert (offer is not None) == answered
    after = net.daemons["r1"].show("interfaces")[0]["not_for_us"]
    assert after - before == (0 if answered else 1)


def test_the_broadcast_flag_makes_an_ip_broadcast(hand):
    offer = hand.dhcp(DISCOVER, flags=0x8000)
    assert offer["ipdst"] == "255.255.255.255"


def test_a_nak_reaches_who_has_a_wrong_address(hand):
    nak = hand.dhcp(REQUEST, opt(50, "10.1.2.3"))
    assert (nak["type"], nak["ipdst"], nak["dst"]) == (
        NAK, "255.255.255.255", BROADCAST)


@pytest.mark.parametrize("router", ["r1", "r2"])
def test_every_form_of_a_renewal(net, router):
    """At the router that gave the lease, and at another one."""
    net.air.move("sta1", "r1")
    hand = Hand(net, "sta1", next(macs))
    addr = hand.lease()
    if router == "r2":          # they have no session: it knows no lease
        net.air.move("sta1", "r2")
    unicast = {"saddr": addr, "daddr": GATEWAY, "dst": GATEWAY_MAC}
    for options, ends in (
            (b"", unicast), (opt(50, addr), unicast),
            (opt(54, GATEWAY), unicast), (b"", {}), (opt(54, GONE), {}),
            (opt(54, GONE), {"saddr": addr}), (opt(54, GONE), unicast)):
        ack = hand.dhcp(REQUEST, options, ciaddr=addr, **ends)
        assert ack and (ack["type"], ack["yiaddr"]) == (ACK, addr), options
    assert hand.dhcp(REQUEST, opt(50, addr) + opt(54, GONE), wait=0.5) is None
    net.air.move("sta1", "r1")


INFORMS = {
    "both": (True, True), "from 0.0.0.0": (True, False),
    "without ciaddr": (False, True), "without an address": (False, False)}


@pytest.mark.parametrize("leased", [True, False], ids=["leased", "static"])
@pytest.mark.parametrize("ciaddr, source", INFORMS.values(), ids=INFORMS)
def test_an_inform_is_answered_by_its_address(hand, ciaddr, source, leased):
    addr = hand.lease() if leased else "192.168.44.200"
    ack = hand.dhcp(INFORM, opt(55, bytes([1, 3, 6, 15])),
                    wait=2 if ciaddr or source else 0.5,
                    ciaddr=addr if ciaddr else "0.0.0.0",
                    saddr=addr if source else "0.0.0.0")
    if not (ciaddr or source):
        assert ack is None
        return
    assert (ack["type"], ack["yiaddr"], ack["ipdst"], ack["dst"]) == (
        ACK, "0.0.0.0", addr, hand.mac)
    assert 51 not in ack["options"] and 15 in ack["options"]


def test_what_was_released_comes_back(net, hand):
    addr = hand.lease()
    hand.dhcp(RELEASE, opt(54, GATEWAY), ciaddr=addr, saddr=addr,
              daddr=GATEWAY, dst=GATEWAY_MAC, wait=0.1)
    net.lab.wait(lambda: not any(
        r["prefix"] == addr + "/32" and r["state"] == "valid"
        for r in net.daemons["r1"].show("leases")), "released", 10)
    assert hand.lease() == addr


def bootp(hand, cookie, **kw):
    return hand.dhcp(0, cookie=cookie, **kw)


@pytest.mark.parametrize("cookie", [b"\x63\x82\x53\x63", bytes(4)],
                         ids=["RFC 1497", "nothing"])
def test_a_host_has_its_address_by_bootp(net, cookie):
    lab, daemon = net.lab, net.daemons["r1"]
    hand = Hand(net, "sta1", PLC)
    reply = bootp(hand, cookie)
    assert (reply["type"], reply["yiaddr"], reply["size"]) == (
        0, "192.168.44.60", 300)
    assert not {50, 51, 53, 54, 58, 59} & set(reply["options"])
    assert ({1, 3, 6, 12} <= set(reply["options"])) == any(cookie)
    lab.wait(lambda: "192.168.44.60" in lab.run(
        "ip", "route", "show", "table", "44", ns="r1"), "its route", 5)
    if not any(cookie):
        return
    # It lives for longer than a lease, as it answers to its address.
    for _ in range(19):
        hand.send(frames.arp(hand.mac, 2, "192.168.44.60", GATEWAY))
        list(hand.receive(0.6))
    assert any(r["prefix"] == "192.168.44.60/32" and r["state"] == "valid"
               for r in daemon.show("leases"))


@pytest.mark.parametrize("mac", [SIX, "02:00:00:02:00:62"],
                         ids=["without an address", "no host"])
def test_no_other_gets_anything_by_bootp(net, mac):
    before = net.daemons["r1"].show("interfaces")[0]["bootp_no_host"]
    assert bootp(Hand(net, "sta1", mac), bytes(4), wait=0.5) is None
    after = net.daemons["r1"].show("interfaces")[0]["bootp_no_host"]
    assert after == before + 1
