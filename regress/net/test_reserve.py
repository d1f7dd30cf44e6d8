# SPDX-License-Identifier: ISC
"""Addresses that the operator gives to a station, while it has others; and a
station that declines all that it is given."""

import pytest

from lab import Network
from lab.hand import (ACK, DECLINE, DISCOVER, GATEWAY, NAK, OFFER, REQUEST,
                      Hand, opt)

NEW = {"sta1": "192.168.44.25", "sta2": "192.168.44.26"}
NEW6 = "2001:db8:44:ff::/64"


@pytest.fixture(scope="module")
def net(module_lab):
    return Network(module_lab, routers=2, stations=3).up(
        extra=["range 192.168.44.10 to 192.168.44.24"])


def routes(net, router, v="-4"):
    return net.lab.run("ip", v, "route", "show", "table", "44",
                       ns=router).split()


def leases(net, router, state="valid"):
    return {r["prefix"].split("/")[0] for r in
            net.daemons[router].show("leases") if r["state"] == state}


def reload(net, *more):
    for router in net.routers:
        net.daemons[router].conf.extra += more
        net.daemons[router].reload()


def test_a_reservation_that_a_reload_changes(net):
    lab = net.lab
    net.air.move("sta1", "r1")
    hand = Hand(net, "sta1")
    old = hand.lease()
    was, was6 = net.join("sta2", "r1")
    lab.wait(lambda: {old, was} <= set(routes(net, "r2")), "routes", 10)
    reload(net, f"host one lladdr {hand.mac} address {NEW['sta1']}",
           f"host two lladdr {net.mac('sta2')} address {NEW['sta2']} "
           f"prefix {NEW6}")
    assert {old, was} <= leases(net, "r1")      # they use them
    assert hand.renew(old)["type"] == NAK
    nak = hand.dhcp(REQUEST, opt(50, old))      # as after a roam
    assert (nak["type"], nak["ipdst"]) == (NAK, "255.255.255.255")
    offer = hand.dhcp(DISCOVER, opt(50, old))
    assert (offer["type"], offer["yiaddr"]) == (OFFER, NEW["sta1"])
    assert old in leases(net, "r1")
    ack = hand.dhcp(REQUEST, opt(50, NEW["sta1"]) + opt(54, GATEWAY))
    assert ack["type"] == ACK
    net.clients["sta2"].kick()
    for router in net.routers:
        lab.wait(lambda r=router: set(NEW.values()) <= set(routes(net, r))
                 and not {old, was} & set(routes(net, r)),
                 f"{router}: the new routes, and not the old ones", 20)
        lab.wait(lambda r=router: not {old, was} & leases(net, r),
                 f"{router}: no lease is left", 5)
    assert net.addresses("sta2")[0] == NEW["sta2"]
    # By advertisement: the new prefix, and the former deprecated.
    prefix6 = NEW6.removesuffix(":/64")

    def addresses6():
        return {a["local"]: bool(a.get("deprecated")) for link in lab.ip_json(
            "sta2", "-6", "addr", "show", "dev", "eth0")
            for a in link.get("addr_info", ()) if a["scope"] == "global"}
    lab.wait(lambda: addresses6().get(was6) is not False and any(
        a.startswith(prefix6) and not deprecated
        for a, deprecated in addresses6().items()), "the new prefix", 20)
    lab.wait(lambda: any(NEW6 == x for x in routes(net, "r1", "-6")),
             "its route", 5)
    # The address that was given up is another's at once.
    net.air.move("sta3", "r1")
    assert Hand(net, "sta3").dhcp(REQUEST, opt(50, old))["type"] == ACK


def test_who_declines_all_that_it_gets(net):
    """It does not take the pool, and the log says what it does."""
    daemon = net.daemons["r1"]
    net.air.move("sta3", "r1")
    hand = Hand(net, "sta3", "02:00:00:00:00:d1")
    seen = set()
    for _ in range(3):
        offer = hand.dhcp(DISCOVER, wait=0.5)
        if offer is None:
            continue
        addr = offer["yiaddr"]
        ack = hand.dhcp(REQUEST, opt(50, addr) + opt(54, GATEWAY))
        assert ack["type"] == ACK
        seen.add(addr)
        hand.dhcp(DECLINE, opt(50, addr) + opt(54, GATEWAY), wait=0.05)
        net.lab.wait(lambda a=addr: a in leases(net, "r1", "declined"),
                     f"{addr} is declined", 10)
    assert 1 < len(seen) < 8
    log = daemon.log()
    for addr in seen:
        assert f"station {hand.mac} declined {addr}" in log
        assert f"lease {addr}: declined by {hand.mac}" in log
    other = Hand(net, "sta3", "02:00:00:00:00:d2")
    assert other.lease() not in seen
